"""The accessibility statement of the site, in the parts that Implementing Decision (EU) 2018/1523 asks for."""

import re
from datetime import date

from flask import render_template

from exchange import version
from exchange.web.frame.blueprints import public
from exchange.web.frame.reach import settings

MADE = LOOKED_AT = date(
    2026, 11, 26
)  # by the makers of the pages; docs/accessibility.md says what they tried


@public.get("/accessibility")
def accessibility() -> str:
    """How far the pages can be used by everybody, what is missing, and whom to tell."""
    body, address = enforcement(settings().enforcement)
    return render_template(
        "accessibility.html",
        made=MADE,
        looked_at=LOOKED_AT,
        program=f"Jumelage {version()}",
        body=body,
        address=address,
    )


def enforcement(told: str) -> tuple[str, str]:
    """The name of the body that an operator names, and its address on the web where there is one."""
    found = re.search(r"https?://\S+", told)
    address = found[0].rstrip(".,;)") if found else ""
    return (told.replace(address, "").strip(" ,;:()") or address if address else told), address
