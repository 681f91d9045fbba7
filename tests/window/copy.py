"""Holds files as a file manager does in which they were copied. Usage: copy.py FILE…

It says `ready` once the clipboard is its own.
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
uris = [path.as_uri() for path in paths]
words = "\n".join(map(str, paths))
# As Nautilus and Nemo offer them: for file managers, for programs, and where they lie in words.
OFFERED = {
    "x-special/gnome-copied-files": "\n".join(["copy", *uris]),
    "text/uri-list": "".join(f"{uri}\r\n" for uri in uris),
    "UTF8_STRING": words,
    "text/plain;charset=utf-8": words,
    "text/plain": words,
}

holder = Gtk.Invisible()
given = [text.encode() for text in OFFERED.values()]
holder.connect("selection-get", lambda _w, data, info, _t: data.set(data.get_target(), 8, given[info]))
for number, target in enumerate(OFFERED):
    Gtk.selection_add_target(holder, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern(target, False), number)
if not Gtk.selection_owner_set(holder, Gdk.SELECTION_CLIPBOARD, Gdk.CURRENT_TIME):
    sys.exit("the clipboard is somebody else's")
print("ready", flush=True)
Gtk.main()
