"""The pages of the Python interface, from the docstrings: ``python -m tests.api_pages FOLDER``; not run by pytest.

They show the public names of optvis, and load nothing from elsewhere. It is an error where pdoc or the
program's log warns, where a public function, class or module has no docstring, and where a docstring has
a section or the name of a parameter that there is not.
"""

import logging
import re
import sys
import warnings
from pathlib import Path

import pdoc

import optvis

MODULES = ("optvis",)  # and the modules among their public names

SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "References", "Examples")


class Fail(logging.Handler):
    """Makes an error of what is logged as a warning or worse."""

    def emit(self, record):
        raise RuntimeError(f"{record.name}: {record.getMessage()}")


def errors(member):
    """Yield what is wrong with the docstring of a member of a page, and with those of its own members."""
    _, *parts = re.split(r"^(.*)\n---+$", member.docstring, flags=re.MULTILINE)
    for section, text in zip(parts[::2], parts[1::2], strict=True):
        if section not in SECTIONS:
            yield f"{member.fullname}: {section!r} is no section; there are {', '.join(SECTIONS)}"
        known = known_names(member, section)
        for name in ", ".join(re.findall(r"^\S.*", text, re.MULTILINE)).split(", "):
            if known is not None and name not in known:
                yield f"{member.fullname}: {section} has {name!r}, which is not there"
    for inner in getattr(member, "own_members", []):
        yield from errors(inner)


def known_names(member, section):
    """Return the names that a section may list, or None where it lists something else."""
    if section == "Attributes":
        return member.members
    if section == "Parameters":
        function = member.members["__init__"] if isinstance(member, pdoc.doc.Class) else member
        return function.signature.parameters
    return None


def main(folder):
    """Write the pages into a folder and return the exit status."""
    warnings.simplefilter("error")
    logging.getLogger().addHandler(Fail(logging.WARNING))
    for name in optvis.__all__:  # pdoc sees what is loaded
        getattr(optvis, name)
    pages = {name: pdoc.doc.Module.from_name(name) for name in pdoc.extract.walk_specs(MODULES)}
    pdoc.render.configure(docformat="numpy", footer_text=f"optvis {optvis.__version__}")
    pdoc.pdoc(*MODULES, output_directory=folder)

    wrong = [error for page in pages.values() for error in errors(page)]
    html = (folder / "optvis.html").read_text(encoding="utf-8")
    for name in optvis.__all__:
        page = pages.get(f"optvis.{name}")
        member = page or pages["optvis"].members[name]
        if not member.docstring and not isinstance(member, pdoc.doc.Variable):
            wrong.append(f"optvis.{name} has no docstring")
        if not page and f'id="{name}"' not in html:
            wrong.append(f"optvis.{name} is on no page")
    for error in wrong:
        print(f"docs: error: {error}", file=sys.stderr)
    print(f"{folder / 'index.html'}: {len(pages)} pages, {len(optvis.__all__)} public names")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
