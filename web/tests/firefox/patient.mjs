// A patient in Firefox, by its own protocol (WebDriver BiDi): signs up with a passphrase, reads the recovery sheet, signs in from a browser
// that knows nothing, unlocks their keys there, and finds both browsers on the account's page. `node patient.mjs ORIGIN ADDRESS`; asks for the letter's code by a line on stdout.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [origin, address] = process.argv.slice(2);
const PHRASE = "orge cobalt tuile vendange";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** What the pages complained of. @type {string[]} */
const said = [];

/** @param {string} question */
async function asked(question) {
  console.log(question);
  return (await lines.next()).value;
}

/** RFC 6238 over the secret as the page shows it, in base32. @param {string} shown */
function totp(shown) {
  const bits = [...shown.replace(/\s/g, "")].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** @param {import("puppeteer-core").Page} page */
function hands(page) {
  page.on("console", (one) => one.type() === "error" && said.push(one.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("requestfailed", (one) => said.push(`${one.method()} ${one.url()} ${one.failure()?.errorText}`));
  if (process.env.TRACE) page.on("response", (one) => console.error(one.status(), one.request().method(), one.url()));
  return {
    heading: (text) => page.waitForFunction((wanted) => document.querySelector("h1")?.textContent?.replaceAll("\u00a0", " ") === wanted, { timeout: 30_000 }, text),
    press: async (name) => (await found(page, "button", name)).click(),
    fill: async (label, text) => {
      const field = await found(page, "label", label);
      await field.evaluate((one) => { one.value = ""; });
      await field.type(text);
    },
  };
}

/** The button, or the field behind the label, that reads so; waits for it. @param {import("puppeteer-core").Page} page */
async function found(page, tag, text) {
  const there = (wantedTag, wanted) => {
    const seen = [...document.querySelectorAll(wantedTag)].filter((one) => one.checkVisibility() && one.textContent?.trim().startsWith(wanted));
    return seen[0]?.control ?? seen[0] ?? null;
  };
  const handle = await page.waitForFunction(there, { timeout: 20_000 }, tag, text);
  return handle.asElement();
}

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX ?? "", headless: true, extraPrefsFirefox: { "intl.accept_languages": "fr" } });
try {
  const first = await browser.createBrowserContext();
  const page = await first.newPage();
  const { heading, press, fill } = hands(page);
  await page.goto(`${origin}/sign-up`);
  await heading("Votre adresse e-mail");
  await fill("Adresse e-mail", address);
  await press("Recevoir un code");
  await heading("Le code que vous avez reçu");
  await fill("Code à six chiffres", await asked("code?"));
  await press("Continuer");
  await heading("Comment voulez-vous vous connecter ?");
  await press("Choisir une phrase de passe");
  await heading("Votre phrase de passe");
  await fill("Phrase de passe", PHRASE);
  await press("Continuer");
  await heading("Le second facteur");
  const secret = await page.$eval(".totp-secret", (one) => one.textContent ?? "");
  await fill("Code de l’application", totp(secret));
  await press("Continuer");
  await heading("Votre feuille de secours");
  const groups = await page.$$eval(".sheet-groups code", (all) => all.map((one) => one.textContent ?? ""));
  await press("C’est sur papier");
  await heading("Vérifions la feuille");
  for (const field of await page.$$("input")) {
    const label = await field.evaluate((one) => (one instanceof HTMLInputElement ? one.labels?.[0]?.textContent : "") ?? "");
    const number = Number(/\d+/.exec(label)?.[0]);
    if (number) await field.type((groups[number - 1] ?? "").toLowerCase());
  }
  await press("Continuer");
  await page.waitForFunction(() => location.pathname === "/home", { timeout: 30_000 });
  await page.waitForSelector("main h1");
  console.log(`signed up: ${await page.title()}`);
  if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-home.png` });

  const second = await browser.createBrowserContext();
  const other = await second.newPage();
  const again = hands(other);
  await other.goto(`${origin}/sign-in?next=/account`);
  await again.press("Avec ma phrase de passe");
  await again.heading("Votre adresse et votre phrase de passe");
  await again.fill("Adresse e-mail", address);
  await again.fill("Phrase de passe", PHRASE);
  await again.press("Continuer");
  await again.heading("Le code de votre application");
  const until = 30_000 - (Date.now() % 30_000);
  await new Promise((resolve) => setTimeout(resolve, until + 200)); // a code counts once
  await again.fill("Code de l’application", totp(secret));
  await again.press("Se connecter");
  await other.waitForFunction(() => location.pathname === "/account", { timeout: 30_000 });
  await other.waitForFunction(() => !document.querySelector("main [aria-busy=true], .skeleton"), { timeout: 30_000 });
  const browsers = await other.waitForFunction(() => {
    const section = [...document.querySelectorAll("section")].find((one) => one.textContent?.startsWith("Mes navigateurs"));
    return section?.querySelectorAll("li").length;
  });
  if (process.env.SHOT) await other.screenshot({ path: `${process.env.SHOT}-account.png` });
  console.log(JSON.stringify({ browsers: await browsers.jsonValue(), errors: said }));
} catch (error) {
  // What is on the screen says more than the line that waited for something else.
  for (const one of await browser.pages()) console.error(one.url(), said, await one.$eval("main", (main) => main.innerText).catch(() => ""));
  throw error;
} finally {
  process.stdin.destroy();
  await browser.close();
}
