"""Prints the characters of the pictures' font, for pyftsubset --unicodes-file."""

chars = set(range(0x20, 0x7F)) | set(range(0xA1, 0x100))
for high in range(0x81, 0xFF):
    for low in range(0x40, 0xFF):
        try:
            chars.add(ord(bytes([high, low]).decode("gbk")))
        except UnicodeDecodeError:
            pass
# Signs that people paste.
for first, last in [
    (0x2010, 0x2027), (0x2030, 0x203E), (0x2190, 0x2199), (0x2460, 0x24FF),
    (0x25A0, 0x25FF), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),
]:
    chars |= set(range(first, last + 1))
chars |= {0x20AC, 0x2103, 0x2116, 0x2605, 0x2606, 0x2713, 0x2714, 0x2717, 0xFFFD}
# Characters of names beyond GBK: the blocks C, D and E of the unified ideographs
# as far as the font has them, and those of block A in the table of common ones.
chars |= set(range(0x2A700, 0x2CEB0))
chars |= set(map(ord, "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠"
                      "䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"))
print(" ".join(f"U+{c:04X}" for c in sorted(chars) if not 0xE000 <= c < 0xF900))
