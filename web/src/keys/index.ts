export { correctClock, wireNow } from "./clock";
export {
  forgetKeyring,
  keepKeyring,
  keptDevice,
  Keyring,
  keyringOfBefore,
  loadKeyring,
  newDevice,
  NotOursError,
  openSeeds,
  requireKeyring,
  type Fields,
  type Unlocked,
} from "./keyring";
export {
  createPasskey,
  PasskeyError,
  passkeysWork,
  touchPasskey,
  usePasskey,
  type CreationJson,
  type CredentialJson,
  type MadePasskey,
  type PasskeyReason,
  type RequestJson,
} from "./passkey";
export {
  choosePassphrase,
  newPerson,
  passkeyMethod,
  passphraseMethod,
  personStatement,
  recoveryMethod,
  type ChosenPassphrase,
  type NewPerson,
} from "./person";
export { KeyStoreError } from "./store";
