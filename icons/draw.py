#!/usr/bin/env python3
"""Draws every icon of this folder from esik.svg: PNG through rsvg-convert (Debian: librsvg2-bin), ICO and ICNS packed here.

Run it in this folder after changing the mark; the results are committed, so that no build needs it.
"""
import pathlib
import struct
import subprocess

HERE = pathlib.Path(__file__).parent
PNGS = {"32x32.png": 32, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
ICO_SIDES = [16, 24, 32, 48, 64, 256]
# Apple's four-letter names of PNG members by their side in pixels.
ICNS = [(b"icp4", 16), (b"icp5", 32), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512), (b"ic10", 1024)]


def png(side):
    """The mark as an RGBA PNG of `side` x `side` pixels."""
    made = subprocess.run(
        ["rsvg-convert", "-w", str(side), "-h", str(side), "esik.svg"], cwd=HERE, check=True, capture_output=True
    ).stdout
    # Byte 25 of a PNG is the colour type; 6 is RGBA, the only one Tauri takes.
    assert made[25] == 6, "rsvg-convert did not write RGBA"
    return made


for name, side in PNGS.items():
    (HERE / name).write_bytes(png(side))

members = [(side, png(side)) for side in ICO_SIDES]
offset = 6 + 16 * len(members)
heads, bodies = b"", b""
for side, body in members:
    heads += struct.pack("<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(body), offset + len(bodies))
    bodies += body
(HERE / "icon.ico").write_bytes(struct.pack("<HHH", 0, 1, len(members)) + heads + bodies)

packed = b"".join(kind + struct.pack(">I", 8 + len(body)) + body for kind, body in ((k, png(s)) for k, s in ICNS))
(HERE / "icon.icns").write_bytes(b"icns" + struct.pack(">I", 8 + len(packed)) + packed)
