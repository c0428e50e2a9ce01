"""`{% entry "patient/home" %}` and `{% style "main" %}`: the built script or style, with its hash checked by the browser."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from colloque.pages.build import find, read_manifest

register = template.Library()


@register.simple_tag
def entry(name: str) -> SafeString:
    """The module script of a page, and preloads for what it imports, so that nothing waits for a second round."""
    built = find("scripts", name)
    preloads = format_html_join(
        "",
        '<link rel="modulepreload" href="{}" integrity="{}">',
        ((static(f"built/{one['file']}"), one["integrity"]) for one in _imports(built)),
    )
    script = format_html(
        '<script type="module" src="{}" integrity="{}"></script>',
        static(f"built/{built['file']}"),
        built["integrity"],
    )
    return SafeString(preloads + script)


@register.simple_tag
def style(name: str) -> SafeString:
    built = find("styles", name)
    return format_html(
        '<link rel="stylesheet" href="{}" integrity="{}">',
        static(f"built/{built['file']}"),
        built["integrity"],
    )


@register.simple_tag
def site_icon() -> SafeString:
    """The mark in the browser's tab; a browser that finds none asks for one that is not there."""
    return format_html(
        '<link rel="icon" type="image/svg+xml" href="{}">', static(f"built/{find('icons', 'icon')['file']}")
    )


def _imports(built: dict[str, object]) -> list[dict[str, str]]:
    """Imports are listed as names of other outputs, or as {"file", "integrity"} of their own."""
    listed = built.get("imports", [])
    assert isinstance(listed, list)
    chunks = read_manifest().get("chunks", {})
    found = [one if isinstance(one, dict) else chunks.get(one) for one in listed]
    return [one for one in found if one]
