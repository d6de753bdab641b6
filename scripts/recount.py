#!/usr/bin/python3
"""Check a Dauys campaign and count it again, from its published ledger alone.

This is a second reading of server/ledger/PROTOCOL.md, written from that text and from none of the
project's code; "§" below means its sections. Standard library and python3-cryptography only.

    recount.py [--vkey VKEY-or-FILE] [--json] DIR         check a ledger folder
    recount.py --receipt FILE --vkey VKEY-or-FILE         check one .tlog-proof

Exit status: 0 good, 1 findings, 2 could not check.
"""

import argparse
import base64
import errno
import functools
import hashlib
import hmac
import json
import multiprocessing
import os
import re
import stat
import struct
import sys
import unicodedata
from collections import defaultdict, namedtuple
from fractions import Fraction

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WHOLE = -1                       # the index of a finding about the ledger as a whole
LARGEST_INTEGER = 2**53 - 1
LARGEST_ENTRY = 8192
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_REGISTER = 1000000
LARGEST_BUNDLE = 256 * (2 + 65535)
LARGEST_SEALED = 5000
LARGEST_NOTE = 16384
LARGEST_RECEIPT = 32768
MOST_SIGNATURES = 64
LARGEST_SIGNATURE = 4096         # key id included
LONGEST_NAME = 255
LONGEST_PATH = 200               # of a path in the folder; what is longer is not entered
SMALL_LEDGER = 2000              # entries up to which one process is quicker than several


class Finding(Exception):
    """An entry, or the ledger, breaks a rule; the text of the exception is the code."""


def require(condition, code):
    """Raise a Finding with this code unless the condition holds."""
    if not condition:
        raise Finding(code)


# ---- Encodings (introduction and §2) ----

def sha256(data):
    return hashlib.sha256(data).digest()


def from_base64(text, length=None):
    """The bytes of strict base64, or None; with a length, None also for any other length."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        return None
    return data


canonical_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
KEY = re.compile("[a-z0-9_]{1,64}")
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def canonical(value):
    """The one spelling of a value that has passed check_values, or was made by this program."""
    return canonical_text(value).encode()


def refuse_number(text):
    raise ValueError(f"not a whole number: {text[:20]}")


def whole_number(text):
    if len(text) > 16 or not 0 <= int(text) <= LARGEST_INTEGER:
        refuse_number(text)
    return int(text)


def object_without_twins(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return result


def check_values(value, levels):
    """Return how many values there are; ValueError when one may not be in canonical JSON."""
    if isinstance(value, str):
        if FORBIDDEN.search(value) or not unicodedata.is_normalized("NFC", value):
            raise ValueError("forbidden character or not NFC")
        return 1
    if type(value) is int:
        return 1
    if not isinstance(value, (dict, list)) or levels == 0:
        raise ValueError("true, false, null, or too deep")
    if isinstance(value, list):
        return 1 + sum(check_values(item, levels - 1) for item in value)
    if not all(KEY.fullmatch(key) for key in value):
        raise ValueError("forbidden key")
    return 1 + sum(check_values(item, levels - 1) for item in value.values())


def read_canonical(data, most_values):
    """The object of canonical JSON (§2); ValueError when the bytes are not its one spelling."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=object_without_twins,
                           parse_int=whole_number, parse_float=refuse_number,
                           parse_constant=refuse_number)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict) or check_values(value, levels=4) > most_values:
        raise ValueError("not an object, or too many values")
    if canonical(value) != data:
        raise ValueError("not the canonical spelling")
    return value


# ---- Keys and signatures (§2 Keys) ----

ED25519_FIELD = 2**255 - 19
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
ED25519_ORDER_EIGHT = int.from_bytes(bytes.fromhex(
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
# y of all points whose order divides 8: x has either sign with each of them.
ED25519_SMALL = {0, 1, ED25519_FIELD - 1, ED25519_ORDER_EIGHT, ED25519_FIELD - ED25519_ORDER_EIGHT}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
RSA_SPKI = bytes.fromhex(
    "30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
RSA_SPKI_END = bytes.fromhex("0203010001")
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)


def ed25519_point_allowed(encoded):
    """Canonical and not of small order; that it is on the curve is seen by the equation."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < ED25519_FIELD and y not in ED25519_SMALL


def ed25519_holds(public, signature, message):
    """Strict Ed25519; OpenSSL's equation is the one without the cofactor."""
    if len(public) != 32 or len(signature) != 64:
        return False
    if not (ed25519_point_allowed(public) and ed25519_point_allowed(signature[:32])):
        return False
    if int.from_bytes(signature[32:], "little") >= ED25519_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def p256_point(encoded):
    """The public key of an uncompressed point on P-256, or None."""
    if len(encoded) != 65 or encoded[0] != 4:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encoded)
    except ValueError:
        return None


def p256_holds(spki, signature, message):
    """ECDSA with SHA-256, the signature being r ‖ s."""
    if len(signature) != 64:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        p256_point(spki[26:]).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@functools.lru_cache(maxsize=64)
def rsa_public(spki):
    modulus = int.from_bytes(spki[len(RSA_SPKI):-len(RSA_SPKI_END)], "big")
    return modulus, rsa.RSAPublicNumbers(65537, modulus).public_key()


def rsa_holds(spki, signature, message):
    """RSASSA-PSS with SHA-384 and a salt of exactly 48 bytes."""
    modulus, public = rsa_public(spki)
    if len(signature) != 256 or int.from_bytes(signature, "big") >= modulus:
        return False
    try:
        public.verify(signature, message, PSS, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def good_spki(use, spki):
    """Whether these bytes are the one encoding of a key for this use."""
    if use == "pass":
        return (len(spki) == 294 and spki.startswith(RSA_SPKI) and spki.endswith(RSA_SPKI_END)
                and spki[len(RSA_SPKI)] >= 0x80)
    if use == "seal":
        return (len(spki) == 91 and spki.startswith(P256_SPKI)
                and p256_point(spki[26:]) is not None)
    return len(spki) == 44 and spki.startswith(ED25519_SPKI)


def key_id(spki):
    return sha256(spki)[:8].hex()


def pop_holds(origin, use, cat, spki, pop):
    """The key's signature over itself; the SPKI has been found good."""
    message = f"{origin}\nkey-pop/v1\n{use}\n{cat}\n".encode() + spki
    if use == "pass":
        return rsa_holds(spki, pop, message)
    if use == "seal":
        return p256_holds(spki, pop, message)
    return ed25519_holds(spki[12:], pop, message)


# ---- Notes and the checkpoint (§1, §8 step 1) ----

VerifierKey = namedtuple("VerifierKey", "name keyid public")
Checkpoint = namedtuple("Checkpoint", "origin size root")
NOTE_NAME = re.compile(r"[^\s+\x00-\x1f]+")    # \s: the white space that §1 lists, and controls
SIGNATURE_LINE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/=]+)")


def is_note_name(text):
    return bool(NOTE_NAME.fullmatch(text)) and len(text.encode()) <= LONGEST_NAME


def read_verifier_key(text):
    """Read `<name>+<keyid>+<base64>`; ValueError unless it is an Ed25519 verifier key."""
    parts = text.rstrip(" \t\r\n").split("+", 2)
    data = from_base64(parts[2], 33) if len(parts) == 3 else None
    if data is None or data[0] != 1:
        raise ValueError("not an Ed25519 verifier key")
    name, keyid = parts[0], sha256(parts[0].encode() + b"\n" + data)[:4]
    if not is_note_name(name) or parts[1] != keyid.hex():
        raise ValueError("the verifier key's id does not fit")
    return VerifierKey(name, keyid, data[1:])


def read_note(data):
    """The text and the signatures (name, keyid, signature) of a note; ValueError else."""
    if len(data) > LARGEST_NOTE:
        raise ValueError("too long")
    note = data.decode("utf-8")
    if re.search("[\x00-\x09\x0b-\x1f]", note):
        raise ValueError("control character")
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise ValueError("no text or no signatures")
    lines, signatures = lines[:-1].split("\n"), []
    if len(lines) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    for line in lines:
        match = SIGNATURE_LINE.fullmatch(line)
        blob = from_base64(match[2]) if match and is_note_name(match[1]) else None
        if blob is None or not 5 <= len(blob) <= LARGEST_SIGNATURE:
            raise ValueError("malformed signature line")
        signatures.append((match[1], blob[:4], blob[4:]))
    return text + "\n", signatures


def read_checkpoint_text(text):
    """The three lines of a checkpoint; ValueError else."""
    match = re.fullmatch(r"([^\n]+)\n([1-9][0-9]{0,9})\n([^\n]+)\n", text)
    root = from_base64(match[3], 32) if match else None
    if root is None or int(match[2]) >= 2**32 or len(match[1].encode()) > LONGEST_NAME:
        raise ValueError("not a checkpoint")
    return Checkpoint(match[1], int(match[2]), root)


def check_checkpoint(data, vkey):
    """The checkpoint that this key signed, else a Finding."""
    try:
        text, signatures = read_note(data)
        checkpoint = read_checkpoint_text(text)
    except ValueError:
        raise Finding("checkpoint_malformed") from None
    require(checkpoint.origin == vkey.name, "checkpoint_origin")
    ours = [s for name, keyid, s in signatures if (name, keyid) == (vkey.name, vkey.keyid)]
    require(ours, "checkpoint_key")
    require(all(ed25519_holds(vkey.public, s, text.encode()) for s in ours),
            "checkpoint_signature")
    return checkpoint


# ---- The tree and its folder (§1, §8 steps 2 to 5) ----

def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def tree_root(nodes):
    """The root over these hashes; a last node without a partner moves up as it is."""
    while len(nodes) > 1:
        paired = [node_hash(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = paired + nodes[len(nodes) - len(nodes) % 2:]
    return nodes[0]


def tile_path(level, number, width):
    """The path of tile or bundle (level `entries`) `number`; width 256 is a full one."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


TILE_PATH = re.compile(
    r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


def read_tile_path(path):
    """(level, number, width) of a tile's or bundle's path, or None."""
    match = TILE_PATH.fullmatch(path)
    if not match:
        return None
    level = match[1] if match[1] == "entries" else int(match[1])
    tile = level, int(re.sub("[x/]", "", match[2])), int(match[3] or 256)
    return tile if tile[2] > 0 and tile_path(*tile) == path else None


def needed_tiles(count):
    """(number, width) of the tiles that hold `count` hashes or entries."""
    last = [(count // 256, count % 256)] if count % 256 else []
    return [(number, 256) for number in range(count // 256)] + last


def is_regular(path):
    """Whether a regular file, or a link to one, stands there; OSError when that cannot be told."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
            return False
        raise


def read_file(folder, path, most):
    """The first `most` + 1 bytes of a regular file in the folder, or None when there is none."""
    path = os.path.join(folder, path)
    if not is_regular(path):        # a pipe would hold us
        return None
    try:
        with open(path, "rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:       # the ledger removes partial tiles
        return None


def read_named_file(folder, name):
    """The file of this hash that an entry names, or None."""
    data = read_file(folder, "files/" + name, LARGEST_FILE)
    if data is None or len(data) > LARGEST_FILE or sha256(data).hex() != name:
        return None
    return data


def split_bundle(data, width):
    """The entries of a bundle, or None when the lengths do not fit."""
    entries, place = [], 0
    while place + 2 <= len(data):
        (length,) = struct.unpack_from(">H", data, place)
        entries.append(data[place + 2:place + 2 + length])
        place += 2 + length
    return entries if place == len(data) and len(entries) == width else None


def join_bundle(entries):
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def read_entries(folder, size):
    """All entries, and the findings about their bundles."""
    entries, findings = [], []
    for number, width in needed_tiles(size):
        data = read_file(folder, tile_path("entries", number, width), LARGEST_BUNDLE)
        bundle = split_bundle(data, width) if data is not None else None
        if bundle is None:
            code = "bundle_missing" if data is None else "bundle_malformed"
            findings.append((code, 256 * number))
        else:
            entries += bundle
    return entries, findings


def tile_levels(leaves):
    """For each level of tiles the hashes of its complete subtrees."""
    levels = [leaves]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        levels.append([tree_root(below[i:i + 256]) for i in range(0, len(below) - 255, 256)])
    return levels


def check_tiles(folder, levels):
    """Findings about the hash tiles that the size needs."""
    findings = []
    for level, nodes in enumerate(levels):
        for number, width in needed_tiles(len(nodes)):
            first = 256 * number
            data = read_file(folder, tile_path(level, number, width), 256 * 32)
            if data is None or len(data) != 32 * width:
                code = "tile_missing" if data is None else "tile_width"
                findings.append((code, first * 256**level))
                continue
            for i in range(width):
                if data[32 * i:32 * i + 32] != nodes[first + i]:
                    findings.append(("tile_mismatch", (first + i) * 256**level))
                    break
    return findings


def check_earlier_tile(folder, path, tile, levels, entries):
    """The finding about a tile that the size does not need, or None."""
    level, number, width = tile
    first, nodes = 256 * number, levels[level] if level != "entries" else entries
    data = read_file(folder, path, LARGEST_BUNDLE) or b""
    if level == "entries":
        good = data == join_bundle(nodes[first:first + width])
        return None if good else ("bundle_mismatch", first)
    if len(data) != 32 * width:
        return "tile_width", first * 256**level
    good = data == b"".join(nodes[first:first + width])
    return None if good else ("tile_mismatch", first * 256**level)


def check_named_file(folder, path):
    """The finding about a file directly in `files/`, or None."""
    data = read_file(folder, path, LARGEST_FILE)
    if data is not None and len(data) > LARGEST_FILE:
        return "file_unknown", WHOLE
    good = data is None or "files/" + sha256(data).hex() == path
    return None if good else ("file_mismatch", WHOLE)


def list_items(folder, parent=""):
    """(path, regular) of every item but folders; a folder whose path is too long is not entered."""
    with os.scandir(os.path.join(folder, parent)) as items:
        for item in items:
            path = os.path.join(parent, item.name)
            if len(os.fsencode(path)) > LONGEST_PATH:
                yield path, False
            elif item.is_dir(follow_symlinks=False):
                yield from list_items(folder, path)
            else:
                yield path, is_regular(os.path.join(folder, path))


def check_other_files(folder, levels, entries):
    """Findings about every item of the folder that the size does not need."""
    counts = {level: len(nodes) for level, nodes in enumerate(levels)} | {"entries": len(entries)}
    needed = {"checkpoint"} | {tile_path(level, number, width) for level, count in counts.items()
                               for number, width in needed_tiles(count)}
    findings = []
    for path, regular in list_items(folder):
        tile = read_tile_path(path)
        if path in needed:
            continue
        if not regular:
            findings.append(("file_unknown", WHOLE))
        elif tile and tile[1] * 256 + tile[2] <= counts.get(tile[0], 0):
            findings.append(check_earlier_tile(folder, path, tile, levels, entries))
        elif os.path.dirname(path) == "files":
            findings.append(check_named_file(folder, path))
        else:
            findings.append(("file_unknown", WHOLE))
    return [finding for finding in findings if finding]


# ---- The forms of entries (§2) ----

def is_string(pattern):
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and bool(compiled.fullmatch(value))


def is_text(most):
    return lambda value: isinstance(value, str) and 1 <= len(value.encode()) <= most


def is_base64(least=0, most=LARGEST_ENTRY):
    def holds(value):
        data = from_base64(value) if isinstance(value, str) else None
        return data is not None and least <= len(data) <= most
    return holds


def is_integer(value):
    return isinstance(value, int)


def is_one(value):
    return value == 1


def is_one_of(*names):
    return lambda value: value in names


def is_array(most, forms):
    """Whether it is an array of 1 to `most` objects of these forms."""
    return lambda value: (isinstance(value, list) and 1 <= len(value) <= most
                          and all(is_object(item, forms) for item in value))


def is_object(value, forms):
    """Whether it is an object of exactly these fields; a name that ends in ? may be absent."""
    if not isinstance(value, dict):
        return False
    fields = {name.rstrip("?"): form for name, form in forms.items()}
    wanted = {name for name in forms if not name.endswith("?")}
    return wanted <= value.keys() <= fields.keys() and all(fields[k](v) for k, v in value.items())


is_id = is_string("[0-9a-f]{16}")
is_hash = is_string("[0-9a-f]{64}")
is_name = is_string("[A-Za-z0-9._-]{1,64}")
is_category = is_string("[a-z0-9_]{1,16}")
is_32 = is_base64(32, 32)
is_any_base64 = is_base64()
is_role = is_one_of("administrator", "moderator", "operator", "council", "chair", "secretary",
                    "auditor")

SIGS = {"sigs": is_array(8, {"k": is_id, "s": is_base64(64, 64)})}
SEEN = {"seen": is_integer} | SIGS
KEY_FORM = {"use": is_name, "id": is_id, "key": is_any_base64, "pop": is_any_base64} | SEEN
KEY_FORMS = {
    "pass": KEY_FORM | {"cat": is_category},
    "registrar": KEY_FORM,
    "seal": KEY_FORM,
    "staff": KEY_FORM | {"role": is_role, "person": is_name},
}
OWN_PHASE_FORM = {"phase": is_name, "act": is_one_of("open", "close")}
PHASE_FORM = {"phase": is_name, "act": is_name, "why": is_text(2000), "no?": is_text(2000)} | SEEN
PHASE_FORMS = {act: PHASE_FORM for act in ("open", "close", "pause", "resume")} | {
    "schedule": PHASE_FORM | {"opens": is_integer, "closes": is_integer},
    "extend": {"phase": is_name, "act": is_name, "closes": is_integer, "why": is_text(2000),
               "no": is_text(2000)} | SEEN,
}
MODERATE_FORM = {"ref": is_integer, "c": is_32, "d": is_name} | SEEN
MODERATE_FORMS = {d: MODERATE_FORM for d in ("admit", "refuse", "reopen", "return", "withdraw")} | {
    "merge": MODERATE_FORM | {"into": is_integer}}
STAFF_FORM = {"key": is_any_base64, "person": is_name, "pop": is_any_base64, "role": is_role}
PREV_FORM = {"origin": is_text(2000), "root": is_32, "size": is_integer}
TALLY_COUNTS = ("issued", "cast", "superseded", "spoiled", "void")
ENTRY_FORMS = {
    "genesis": {"origin": is_text(2000), "rules": is_hash, "staff": is_array(16, STAFF_FORM),
                "demo?": is_one, "prev?": lambda value: is_object(value, PREV_FORM)},
    "revoke": {"id": is_id, "why": is_text(2000)} | SEEN,
    "register": {"set": is_hash, "n": is_integer} | SEEN,
    "nominate": {"cat": is_category, "ngo": is_text(64), "p": is_32, "c": is_32} | SIGS,
    "amend": {"ref": is_integer, "c": is_32} | SIGS,
    "issue": {"cat": is_category, "ik": is_id, "p": is_32, "bh": is_32} | SIGS,
    "ballot": {"cat": is_category, "ik": is_id, "pk": is_32, "pre": is_32,
               "tok": is_base64(256, 256), "rev": is_integer, "enc": is_base64(65, 65),
               "ct": is_base64(17, LARGEST_SEALED), "sig": is_base64(64, 64)},
    "mark": {},
    "void": {"ref": is_integer, "c": is_32} | SEEN,
    "unseal": {"k": is_id, "sk": is_32},
    "tally": {"cat": is_category, "upto": is_integer, "result": is_hash}
             | {name: is_integer for name in TALLY_COUNTS},
    "erase": {"ref": is_integer, "basis": is_one_of("consent", "court", "mistake", "term")} | SEEN,
    "notice": {"text": is_text(2000)} | SEEN,
}
TYPES = ("key", "phase", "moderate", *ENTRY_FORMS)


def entry_form(entry):
    """The forms of the fields that this entry must have, or None."""
    if entry["t"] == "key":
        return KEY_FORMS[entry["use"]] if entry.get("use") in tuple(KEY_FORMS) else None
    if entry["t"] == "phase" and "sigs" not in entry:
        return OWN_PHASE_FORM
    if entry["t"] == "phase":
        return PHASE_FORMS[entry["act"]] if entry.get("act") in tuple(PHASE_FORMS) else None
    if entry["t"] == "moderate":
        return MODERATE_FORMS[entry["d"]] if entry.get("d") in tuple(MODERATE_FORMS) else None
    return ENTRY_FORMS[entry["t"]]


def read_entry(data):
    """Steps 1 to 4 of §6: the entry, else a Finding."""
    try:
        require(len(data) <= LARGEST_ENTRY, "not_canonical")
        entry = read_canonical(data, most_values=256)
    except ValueError:
        raise Finding("not_canonical") from None
    require(entry.get("v") == 1, "version_unknown")
    require(entry.get("t") in TYPES, "type_unknown")
    form = entry_form(entry)
    common = {"v": is_one, "t": is_name} | ({"at": is_integer} if entry["t"] != "ballot" else {})
    require(form is not None and is_object(entry, form | common), "fields_wrong")
    return entry


def signed_text(origin, entry):
    body = {key: value for key, value in entry.items() if key not in ("at", "sig", "sigs")}
    return f"{origin}\n{entry['t']}/v1\n".encode() + canonical(body)


def pass_message(origin, entry):
    """The message of the blind signature (§4), made random by `pre`."""
    text = f"ballot-pass/v1\n{origin}\n{entry['cat']}\n".encode()
    return from_base64(entry["pre"]) + text + from_base64(entry["pk"])


ReadEntry = namedtuple("ReadEntry", "code entry holds")


def examine(origin, spkis, data):
    """All about an entry that does not depend on its place: the code of steps 1 to 4 or None, the
    entry, and for each key that may have signed it whether its signature holds. `spkis` are the
    published keys by id; which of them counts is judged later."""
    try:
        entry = read_entry(data)
    except Finding as finding:
        return ReadEntry(str(finding), None, None)
    text, holds = signed_text(origin, entry), {}
    for signature in entry.get("sigs", ()):
        for spki in spkis.get(signature["k"], ()):
            if good_spki("staff", spki):
                holds[spki] = ed25519_holds(spki[12:], from_base64(signature["s"]), text)
    if entry["t"] == "ballot":
        own = from_base64(entry["pk"])
        holds[own] = ed25519_holds(own, from_base64(entry["sig"]), text)
        for spki in spkis.get(entry["ik"], ()):
            if good_spki("pass", spki):
                tok = from_base64(entry["tok"])
                holds[spki] = rsa_holds(spki, tok, pass_message(origin, entry))
    return ReadEntry(None, entry, holds)


def published_keys(entries):
    """Every SPKI that a genesis or key entry spells, by id, whether accepted or not."""
    spkis = defaultdict(set)
    for data in entries:
        if b'"t":"key"' in data or b'"t":"genesis"' in data:
            try:
                entry = read_entry(data)
            except Finding:
                continue
            for item in entry.get("staff", [entry]):
                if "key" in item:
                    spki = from_base64(item["key"])
                    spkis[key_id(spki)].add(spki)
    return spkis


# ---- Rules and register (§3) ----

PHASES = ["nomination", "screening", "evaluation", "council", "publication", "appeal"]
LARGEST_RULES = 1 << 20

Rules = namedtuple("Rules", "phases categories max_rev tie_breaks")


def rules_number(text):
    if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
        refuse_number(text)
    return int(text)


def check_rules_values(value, levels):
    """ValueError when a rules file is too deep or a string, or a key, of it is not allowed."""
    if isinstance(value, str) and b"\0" in value.encode():   # encode refuses lone surrogates
        raise ValueError("U+0000 in a string")
    if isinstance(value, (dict, list)):
        if levels == 0:
            raise ValueError("too deep")
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            check_rules_values(item, levels - 1)


def number_of(item, name, least=1, most=LARGEST_INTEGER):
    """The integer by this name in an object of the rules; ValueError when it is none."""
    value = item.get(name)
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is out of range")
    return value


def objects_of(item, name, most):
    """The array of 1 to `most` objects by this name; ValueError when it is none."""
    value = item.get(name)
    if (not isinstance(value, list) or not 1 <= len(value) <= most
            or not all(isinstance(member, dict) for member in value)):
        raise ValueError(f"{name} is not an array of objects")
    return value


def distinct_ids(items, pattern):
    ids = [item.get("id") for item in items]
    if not all(isinstance(i, str) and re.fullmatch(pattern, i) for i in ids):
        raise ValueError("an id is malformed")
    if len(set(ids)) < len(ids):
        raise ValueError("an id stands twice")
    return ids


class Category:
    """How a category's ballots are filled in, and which nominees they may name."""

    def __init__(self, ballot):
        self.method = ballot.get("method")
        if self.method not in ("choose", "approve", "points", "rank", "score"):
            raise ValueError("unknown method")
        if self.method in ("approve", "rank", "score"):
            self.at_most = number_of(ballot, "at_most", most=5000)
        if self.method == "points":
            self.sum = number_of(ballot, "sum")
        if self.method == "rank":
            self.weights = ballot.get("weights")
            if not isinstance(self.weights, list) or len(self.weights) != self.at_most:
                raise ValueError("weights do not fit at_most")
            for weight in self.weights:
                number_of({"weight": weight}, "weight", least=0)
        if self.method == "score":
            self.least = number_of(ballot, "least", least=0)
            self.most = number_of(ballot, "most", least=self.least)
            criteria = objects_of(ballot, "criteria", most=16)
            ids = distinct_ids(criteria, "[a-z0-9_]{1,64}")
            self.criteria = dict(zip(ids, (number_of(item, "weight") for item in criteria)))
        self.admitted = set()

    def sealed_length(self):
        """The length of every plaintext in this category (§5)."""
        admitted = len(self.admitted)
        digits = max((len(nominee) for nominee in self.admitted), default=1)
        if self.method == "choose":
            extra = digits
        elif self.method == "points":
            extra = min(self.sum, admitted) * (digits + 4 + len(str(self.sum)))
        elif self.method == "score":
            scores = sum(len(name) + 4 + len(str(self.most)) for name in self.criteria)
            extra = min(self.at_most, admitted) * (digits + 6 + scores)
        else:
            extra = min(self.at_most, admitted) * (digits + 3)
        return (24 + extra + 63) // 64 * 64

    def read_choice(self, plaintext):
        """{nominee: {criterion: value}} of an opened ballot; ValueError when it is spoiled."""
        choice = read_canonical(plaintext.rstrip(b" "), most_values=4096)
        member = {"choose": "c", "approve": "a", "points": "p", "rank": "o", "score": "s"}
        if choice.keys() != {"m", member[self.method]} or choice["m"] != self.method:
            raise ValueError("not a choice of this method")
        marks = getattr(self, "marks_of_" + self.method)(choice[member[self.method]])
        if marks is None or not marks.keys() <= self.admitted:
            raise ValueError("not a valid choice")
        return marks

    def marks_of_choose(self, nominee):
        return {nominee: {"votes": 1}} if isinstance(nominee, str) else None

    def listed(self, nominees):
        """Whether this is an array of 1 to at_most different strings."""
        return (isinstance(nominees, list) and 1 <= len(nominees) <= self.at_most
                and all(isinstance(nominee, str) for nominee in nominees)
                and len(set(nominees)) == len(nominees))

    def marks_of_approve(self, nominees):
        if not self.listed(nominees) or nominees != sorted(nominees):
            return None
        return {nominee: {"votes": 1} for nominee in nominees}

    def marks_of_rank(self, nominees):
        if not self.listed(nominees):
            return None
        return {nominee: {"rank": i} for i, nominee in enumerate(nominees, start=1)}

    def marks_of_points(self, points):
        if not isinstance(points, dict) or not points:
            return None
        if not all(isinstance(value, int) and value >= 1 for value in points.values()):
            return None
        if sum(points.values()) > self.sum:
            return None
        return {nominee: {"points": value} for nominee, value in points.items()}

    def marks_of_score(self, scores):
        if not isinstance(scores, dict) or not 1 <= len(scores) <= self.at_most:
            return None
        for given in scores.values():
            if not isinstance(given, dict) or not given or not given.keys() <= self.criteria.keys():
                return None
            if not all(isinstance(value, int) and self.least <= value <= self.most
                       for value in given.values()):
                return None
        return scores

    def score(self, counts, voters):
        """The exact score of a nominee from {criterion: {value: count}} (§7)."""
        if self.method in ("choose", "approve"):
            return Fraction(voters)
        if self.method == "points":
            return Fraction(sum(v * n for v, n in counts["points"].items()))
        if self.method == "rank":
            return Fraction(sum(self.weights[v - 1] * n for v, n in counts["rank"].items()))
        total = Fraction(0)
        for criterion, weight in self.criteria.items():
            values = counts[criterion]
            if values:
                total += weight * Fraction(sum(v * n for v, n in values.items()),
                                           sum(values.values()))
        return total / sum(self.criteria.values())


def read_rules(data):
    """What counting needs of a rules file; ValueError when it has not what §3 lists."""
    if len(data) > LARGEST_RULES:
        raise ValueError("too large")
    try:
        rules = json.loads(data.decode("utf-8"), object_pairs_hook=object_without_twins,
                           parse_int=rules_number, parse_float=refuse_number,
                           parse_constant=refuse_number)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(rules, dict):
        raise ValueError("not an object")
    check_rules_values(rules, levels=16)
    phases = [phase.get("id") for phase in objects_of(rules, "phases", most=len(PHASES))]
    if phases != [name for name in PHASES if name in phases] or "evaluation" not in phases:
        raise ValueError("not a subset of the phases in their order")
    items = objects_of(rules, "categories", most=64)
    if not all(isinstance(item.get("ballot"), dict) for item in items):
        raise ValueError("a category without a ballot")
    categories = dict(zip(distinct_ids(items, "[a-z0-9_]{1,16}"),
                          (Category(item["ballot"]) for item in items)))
    ties = rules.get("tie_breaks")
    if ties not in ([], ["voters"], ["lot"], ["voters", "lot"], ["lot", "voters"]):
        raise ValueError("tie_breaks")
    return Rules(phases, categories, number_of(rules, "max_rev"), ties)


CSV_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')


def read_csv(text):
    """The records of strict CSV without its empty lines; ValueError when it is malformed."""
    records, record, place = [], [], 0
    while place < len(text) or record:
        match = CSV_FIELD.match(text, place)
        if not match:
            raise ValueError("malformed CSV")
        quoted, bare, end = match.groups()
        place = match.end()
        if quoted is None and not bare and not record and end != ",":
            continue
        record.append(bare if quoted is None else quoted.replace('""', '"'))
        if end != ",":
            records.append(record)
            record = []
    return records


def read_register(data):
    """The NGOs' ids of a register; ValueError when it is malformed."""
    records = read_csv(data.decode("utf-8"))
    if data.startswith(b"\xef\xbb\xbf") or not records or len(records) > 1 + LARGEST_REGISTER:
        raise ValueError("byte order mark, no header or too many lines")
    header = records.pop(0)
    if header.count("id") != 1 or any(len(record) != len(header) for record in records):
        raise ValueError("no column id, or lines of other lengths")
    ids = [record[header.index("id")] for record in records]
    if len(set(ids)) < len(ids) or not all(1 <= len(i.encode()) <= 64 for i in ids):
        raise ValueError("an id stands twice or has a wrong length")
    return set(ids)


# ---- Opening ballots (§5) ----

KEM_SUITE = b"KEM\x00\x10"
HPKE_SUITE = b"HPKE\x00\x10\x00\x01\x00\x02"


def hkdf_extract(suite, salt, label, secret):
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")


def hkdf_expand(suite, key, label, info, length):
    """LabeledExpand of RFC 9180 for at most 32 bytes."""
    text = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info + b"\x01"
    return hmac.digest(key, text, "sha256")[:length]


@functools.lru_cache(maxsize=1)
def p256_secret(scalar):
    """The private key of a scalar and its public key as an uncompressed point."""
    key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    return key, b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def hpke_open(scalar, enc, info, aad, sealed):
    """The plaintext of a single-shot HPKE message in base mode, or None."""
    sender = p256_point(enc)
    if sender is None:
        return None
    key, own_point = p256_secret(scalar)
    prk = hkdf_extract(KEM_SUITE, b"", b"eae_prk", key.exchange(ec.ECDH(), sender))
    shared = hkdf_expand(KEM_SUITE, prk, b"shared_secret", enc + own_point, 32)
    context = (b"\x00" + hkdf_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
               + hkdf_extract(HPKE_SUITE, b"", b"info_hash", info))
    secret = hkdf_extract(HPKE_SUITE, shared, b"secret", b"")
    try:
        return AESGCM(hkdf_expand(HPKE_SUITE, secret, b"key", context, 32)).decrypt(
            hkdf_expand(HPKE_SUITE, secret, b"base_nonce", context, 12), sealed, aad)
    except InvalidTag:
        return None


LastBallot = namedtuple("LastBallot", "pk rev enc ct")


def open_ballot(origin, scalar, cat, category, ballot):
    """The marks of one pass's ballot, None when it is spoiled."""
    aad = canonical({"cat": cat, "pk": ballot.pk, "rev": ballot.rev})
    plaintext = hpke_open(scalar, from_base64(ballot.enc), f"ballot-seal/v1\n{origin}\n".encode(),
                          aad, from_base64(ballot.ct))
    try:
        return category.read_choice(plaintext) if plaintext is not None else None
    except ValueError:
        return None


# ---- Counting (§7) ----

def nested_counts():
    return defaultdict(lambda: defaultdict(lambda: defaultdict(int)))


def count_marks(ballots):
    """Over counted ballots: nominee → criterion → value → count, nominee → voters, and for rank
    a → b → count."""
    counts, voters, pairs = nested_counts(), defaultdict(int), defaultdict(lambda: defaultdict(int))
    for marks in ballots:
        for nominee, given in marks.items():
            voters[nominee] += 1
            for criterion, value in given.items():
                counts[nominee][criterion][value] += 1
        order = list(marks) if any("rank" in given for given in marks.values()) else []
        for i, before in enumerate(order):
            for after in order[i + 1:]:
                pairs[before][after] += 1
    return counts, voters, pairs


def rank_nominees(origin, cat, category, counts, voters, tie_breaks, root):
    """The `ranking` of a tally file."""
    def order(nominee):
        ties = {"voters": lambda: -voters[nominee],
                "lot": lambda: sha256(f"lot/v1\n{origin}\n{cat}\n{nominee}\n".encode() + root)}
        score = category.score(counts[nominee], voters[nominee])
        return (-score, *(ties[tie]() for tie in tie_breaks))

    orders = {nominee: order(nominee) for nominee in category.admitted}
    ranking, place = [], 0
    for i, nominee in enumerate(sorted(orders, key=lambda n: (orders[n], int(n)))):
        if not ranking or orders[nominee] != orders[ranking[-1]["nominee"]]:
            place = i + 1
        ranking.append({"nominee": nominee, "place": place, "score": str(-orders[nominee][0]),
                        "voters": voters[nominee]})
    return ranking


# ---- Judging entries in their order (§6) ----

class Phase:
    """One phase of the rules: unscheduled, scheduled, open or closed."""

    def __init__(self):
        self.state, self.paused, self.opens, self.closes = "unscheduled", False, None, None
        self.opened_at = self.close_index = None

    @property
    def was_opened(self):
        return self.state in ("open", "closed")


class PublishedKey:
    def __init__(self, use, spki, role=None, person=None):
        self.use, self.spki, self.role, self.person = use, spki, role, person
        self.revoked = False


class Nominee:
    def __init__(self, cat, ngo, c):
        self.cat, self.ngo, self.c, self.decision = cat, ngo, c, None

    @property
    def decided(self):
        return self.decision is not None


class Votes:
    """What a category has received: issues, accepted ballots, the last ballot of each pass."""

    def __init__(self):
        self.persons, self.cast, self.last, self.void = set(), 0, {}, set()
        self.pass_key, self.tallied = None, False


# For each type with `sigs`: use of the keys, roles that may sign, how many persons are needed.
SIGNERS = {
    "key": ("staff", ("administrator",), 2),
    "revoke": ("staff", ("administrator",), 2),
    "phase": ("staff", ("administrator",), 2),
    "void": ("staff", ("administrator",), 2),
    "register": ("staff", ("administrator",), 1),
    "notice": ("staff", ("administrator",), 1),
    "erase": ("staff", ("administrator",), 1),
    "moderate": ("staff", ("administrator", "moderator"), 1),
    "nominate": ("registrar", (None,), 1),
    "amend": ("registrar", (None,), 1),
    "issue": ("registrar", (None,), 1),
}


class Judge:
    """The state of a campaign as its accepted entries make it."""

    def __init__(self, origin, leaves, file_of, spread):
        self.origin, self.leaves, self.file_of, self.spread = origin, leaves, file_of, spread
        self.rules = Rules([], {}, 0, [])
        self.phases, self.evaluation = {}, Phase()
        self.keys, self.seal_id, self.demo = {}, None, False
        self.last_at, self.last_mark, self.texts = 0, None, set()
        self.register, self.nominations, self.nominee_of = set(), set(), {}
        self.nominees, self.votes, self.ballot_pass = {}, {}, {}
        self.commitments, self.erased = set(), set()
        self.tallies = None
        self.handlers = {name: getattr(self, "judge_" + name) for name in TYPES}

    def judge(self, i, read):
        """Accept entry i, or raise the Finding that names what is wrong with it."""
        require(read.code is None, read.code)
        entry = read.entry
        require((entry["t"] == "genesis") == (i == 0), "genesis_place")
        if "at" in entry:
            self.judge_time(entry)
        if "sigs" in entry:
            self.judge_signers(entry, read.holds)
        text = None
        if "seen" in entry:
            require(entry["seen"] <= i, "seen_wrong")
            text = sha256(signed_text(self.origin, entry))
            require(text not in self.texts, "repeated_body")
        if "cat" in entry:
            require(entry["cat"] in self.rules.categories, "category_unknown")
        self.handlers[entry["t"]](i, entry, read.holds)
        if "c" in entry:
            self.commitments.add(i)
        self.last_at = entry.get("at", self.last_at)
        self.texts |= {text} - {None}

    def judge_time(self, entry):
        require(entry["at"] >= self.last_at, "time_back")
        due = self.due(entry["at"])
        own = entry["t"] == "phase" and "sigs" not in entry
        require(due is None or own and (entry["phase"], entry["act"]) == due, "overdue")

    def judge_signers(self, entry, holds):
        use, roles, persons_needed = SIGNERS[entry["t"]]
        if entry["t"] == "moderate" and entry["d"] in ("refuse", "reopen"):
            persons_needed = 2
        ids = [signature["k"] for signature in entry["sigs"]]
        require(all(a < b for a, b in zip(ids, ids[1:])), "signers_order")
        for i in ids:
            require(i in self.keys and self.keys[i].use == use, "signer_unknown")
            require(not self.keys[i].revoked, "signer_revoked")
            require(self.keys[i].role in roles, "signer_role")
        require(len({self.keys[i].person for i in ids}) >= persons_needed, "signers_missing")
        require(all(holds[self.keys[i].spki] for i in ids), "signature_wrong")

    def due(self, at):
        """The (phase, act) that the ledger itself must log before anything else at this time."""
        for name, phase in self.phases.items():
            if phase.state == "open":
                return (name, "close") if phase.closes <= at else None
        for name, phase in self.phases.items():
            if phase.state != "closed":
                ready = phase.state == "scheduled" and phase.opens <= at and self.ready(phase)
                return (name, "open") if ready else None
        return None

    def ready(self, phase):
        """Whether nothing that evaluation needs is missing; true of any other phase."""
        usable = [self.seal_id, *(votes.pass_key for votes in self.votes.values())]
        return phase is not self.evaluation or (
            all(nominee.decided for nominee in self.nominees.values())
            and all(i is not None and not self.keys[i].revoked for i in usable)
            and all(category.sealed_length() + 16 <= LARGEST_SEALED
                    for category in self.rules.categories.values()))

    def read_with(self, reader, name, code):
        """A file that an entry names, read by `reader`, whose ValueError becomes `code`."""
        data = self.file_of(name)
        require(data is not None, "file_missing")
        try:
            return reader(data)
        except ValueError:
            raise Finding(code) from None

    def judge_genesis(self, _, entry, __):
        require(entry["origin"] == self.origin, "origin_wrong")
        rules = self.read_with(read_rules, entry["rules"], "rules_invalid")
        keys = {}
        for staff in entry["staff"]:
            spki = from_base64(staff["key"])
            require(good_spki("staff", spki), "key_malformed")
            require(key_id(spki) not in keys, "key_known")
            require(staff["person"].startswith("demo-") == ("demo" in entry), "demo_key")
            require(pop_holds(self.origin, "staff", "", spki, from_base64(staff["pop"])), "key_pop")
            keys[key_id(spki)] = PublishedKey("staff", spki, staff["role"], staff["person"])
        administrators = {k.person for k in keys.values() if k.role == "administrator"}
        require(len(administrators) >= 2, "signers_missing")
        self.rules, self.keys, self.demo = rules, keys, "demo" in entry
        self.phases = {name: Phase() for name in rules.phases}
        self.evaluation = self.phases["evaluation"]
        self.votes = {cat: Votes() for cat in rules.categories}

    def judge_key(self, _, entry, __):
        use, cat, spki = entry["use"], entry.get("cat", ""), from_base64(entry["key"])
        require(good_spki(use, spki), "key_malformed")
        require(key_id(spki) == entry["id"], "key_id")
        require(entry["id"] not in self.keys, "key_known")
        if use in ("pass", "seal"):
            require(not self.evaluation.was_opened, "key_late")
            earlier = self.seal_id if use == "seal" else self.votes[cat].pass_key
            require(earlier is None, "key_duplicate")
        if use == "staff":
            require(entry["person"].startswith("demo-") == self.demo, "demo_key")
        require(pop_holds(self.origin, use, cat, spki, from_base64(entry["pop"])), "key_pop")
        self.keys[entry["id"]] = PublishedKey(use, spki, entry.get("role"), entry.get("person"))
        if use == "seal":
            self.seal_id = entry["id"]
        if use == "pass":
            self.votes[cat].pass_key = entry["id"]

    def judge_revoke(self, _, entry, __):
        require(entry["id"] in self.keys, "key_unknown")
        require(not self.keys[entry["id"]].revoked, "key_revoked")
        self.keys[entry["id"]].revoked = True

    def judge_phase(self, i, entry, _):
        require(entry["phase"] in self.phases, "phase_unknown")
        phase, act, own = self.phases[entry["phase"]], entry["act"], "sigs" not in entry
        if act == "schedule":
            require(phase.state in ("unscheduled", "scheduled"), "phase_order")
            require(entry["opens"] < entry["closes"], "phase_times")
            phase.state, phase.opens, phase.closes = "scheduled", entry["opens"], entry["closes"]
        elif act == "open":
            states = [other.state for other in self.phases.values()]
            earlier = states[:list(self.phases).index(entry["phase"])]
            require(phase.state == "scheduled" and "open" not in states
                    and all(state == "closed" for state in earlier), "phase_order")
            require(not own or entry["at"] >= phase.opens, "phase_times")
            require(self.ready(phase), "evaluation_unready")
            phase.state, phase.opened_at = "open", entry["at"]
        elif act == "close":
            require(phase.state == "open", "phase_order")
            require(not own or entry["at"] >= phase.closes, "phase_times")
            phase.state, phase.paused, phase.close_index = "closed", False, i
        elif act == "extend":
            require(phase.state in ("scheduled", "open"), "phase_order")
            require(entry["closes"] > phase.closes, "phase_times")
            phase.closes = entry["closes"]
        else:
            require(phase.state == "open" and phase.paused == (act == "resume"), "phase_order")
            phase.paused = act == "pause"

    def require_open(self, phase):
        require(phase is not None and phase.state != "closed", "window_closed")
        require(phase.state == "open", "window_not_open")
        require(not phase.paused, "campaign_paused")

    def judge_register(self, _, entry, __):
        require(not self.evaluation.was_opened, "window_closed")
        ids = self.read_with(read_register, entry["set"], "register_malformed")
        require(len(ids) == entry["n"], "register_count")
        self.register = ids

    def judge_nominate(self, i, entry, _):
        self.require_open(self.phases.get("nomination"))
        require(entry["ngo"] in self.register, "ngo_unknown")
        nomination = (entry["p"], entry["cat"], entry["ngo"])
        require(nomination not in self.nominations, "nominated_twice")
        self.nominations.add(nomination)
        if nomination[1:] not in self.nominee_of:
            self.nominee_of[nomination[1:]] = i
            self.nominees[i] = Nominee(entry["cat"], entry["ngo"], entry["c"])

    def judge_amend(self, _, entry, __):
        require(not self.evaluation.was_opened, "window_closed")
        require(entry["ref"] in self.nominees, "nomination_unknown")
        nominee = self.nominees[entry["ref"]]
        require(not nominee.decided, "nomination_decided")
        require(entry["c"] != nominee.c, "amended_before")
        nominee.c = entry["c"]

    def judge_moderate(self, _, entry, __):
        require(not self.evaluation.was_opened, "window_closed")
        require(entry["ref"] in self.nominees, "nomination_unknown")
        nominee = self.nominees[entry["ref"]]
        if entry["d"] == "reopen":
            require(nominee.decision == "refuse", "nomination_not_refused")
        else:
            require(not nominee.decided, "nomination_decided")
        if entry["d"] == "merge":
            target = self.nominees.get(entry["into"])
            require(target not in (None, nominee) and target.cat == nominee.cat
                    and target.decision in (None, "admit"), "merge_target_wrong")
        nominee.decision = None if entry["d"] in ("return", "reopen") else entry["d"]
        if entry["d"] == "admit":
            self.rules.categories[nominee.cat].admitted.add(str(entry["ref"]))

    def require_pass_key(self, entry):
        require(entry["ik"] == self.votes[entry["cat"]].pass_key, "pass_key_wrong")
        require(not self.keys[entry["ik"]].revoked, "key_revoked")

    def judge_issue(self, _, entry, __):
        require(self.evaluation.state != "closed", "window_closed")
        self.require_pass_key(entry)
        require(entry["p"] not in self.votes[entry["cat"]].persons, "issued_twice")
        self.votes[entry["cat"]].persons.add(entry["p"])

    def judge_ballot(self, i, entry, holds):
        self.require_open(self.evaluation)
        self.require_pass_key(entry)
        votes, pk = self.votes[entry["cat"]], entry["pk"]
        sealed = self.rules.categories[entry["cat"]].sealed_length() + 16
        require(len(from_base64(entry["ct"])) == sealed, "ct_length")
        require(1 <= entry["rev"] <= self.rules.max_rev, "rev_out_of_range")
        require(holds[self.keys[entry["ik"]].spki], "pass_forged")
        require(holds[from_base64(pk)], "signature_wrong")
        require(pk not in votes.void, "pass_void")
        if pk in votes.last:
            require(entry["rev"] > votes.last[pk].rev, "rev_stale")
        else:
            require(len(votes.last) < len(votes.persons), "passes_exceeded")
        votes.cast += 1
        votes.last[pk] = LastBallot(pk, entry["rev"], entry["enc"], entry["ct"])
        self.ballot_pass[i] = entry["cat"], pk

    def judge_mark(self, _, entry, __):
        require(self.evaluation.state == "open", "mark_place")
        since = self.evaluation.opened_at if self.last_mark is None else self.last_mark
        require(entry["at"] - since >= 3600, "mark_place")
        self.last_mark = entry["at"]

    def judge_void(self, _, entry, __):
        require(self.tallies is None, "window_closed")
        require(entry["ref"] in self.ballot_pass, "ballot_unknown")
        cat, pk = self.ballot_pass[entry["ref"]]
        require(pk not in self.votes[cat].void, "pass_void")
        self.votes[cat].void.add(pk)

    def judge_unseal(self, _, entry, __):
        require(self.evaluation.state == "closed" and self.tallies is None, "unseal_place")
        scalar = from_base64(entry["sk"])
        require(entry["k"] == self.seal_id and 0 < int.from_bytes(scalar, "big") < P256_ORDER
                and p256_secret(scalar)[1] == self.keys[self.seal_id].spki[26:], "seal_key_wrong")
        self.tallies = {cat: self.count(scalar, cat) for cat in self.votes}

    def count(self, scalar, cat):
        """The tally file of a category, as an object."""
        votes, category = self.votes[cat], self.rules.categories[cat]
        upto = self.evaluation.close_index
        kept = [ballot for pk, ballot in votes.last.items() if pk not in votes.void]
        opener = functools.partial(open_ballot, self.origin, scalar, cat, category)
        opened = self.spread(opener, kept)
        counted = [marks for marks in opened if marks is not None]
        counts, voters, pairs = count_marks(counted)
        spelled = {nominee: {criterion: {str(v): n for v, n in values.items()}
                             for criterion, values in given.items()}
                   for nominee, given in counts.items()}
        ranking = rank_nominees(self.origin, cat, category, counts, voters, self.rules.tie_breaks,
                                tree_root(self.leaves[:upto + 1]))
        return {"v": 1, "origin": self.origin, "cat": cat, "upto": upto, "cast": votes.cast,
                "issued": len(votes.persons), "counted": len(counted),
                "superseded": votes.cast - len(votes.last), "void": len(votes.void),
                "spoiled": len(kept) - len(counted), "counts": spelled, "ranking": ranking} | (
                    {"pairs": pairs} if category.method == "rank" else {})

    def judge_tally(self, _, entry, __):
        votes = self.votes[entry["cat"]]
        require(self.tallies is not None and not votes.tallied, "tally_place")
        tally = self.tallies[entry["cat"]]
        require(all(entry[name] == tally[name] for name in ("upto", *TALLY_COUNTS)), "tally_wrong")
        require(sha256(canonical(tally)).hex() == entry["result"], "tally_result")
        require(self.file_of(entry["result"]) is not None, "file_missing")
        votes.tallied = True

    def judge_erase(self, _, entry, __):
        require(entry["ref"] in self.commitments, "commitment_unknown")
        require(entry["ref"] not in self.erased, "erased_before")
        self.erased.add(entry["ref"])

    def judge_notice(self, _, entry, __):
        """A notice asks nothing more."""


# ---- The whole ledger (§8) and receipts (§9) ----

Report = namedtuple("Report", "size root findings judge")


def show_progress(done, size):
    if sys.stderr.isatty() and (done % 1000 == 0 or done == size):
        print(f"\r{done} of {size} entries", end="\n" if done == size else "", file=sys.stderr)


def verify(folder, vkey):
    """Check a ledger folder; OSError when it cannot be read."""
    note = read_file(folder, "checkpoint", LARGEST_NOTE)
    if note is None:
        raise FileNotFoundError(f"{folder}: no checkpoint")
    try:
        checkpoint = check_checkpoint(note, vkey)
    except Finding as finding:
        return Report(None, None, [(str(finding), WHOLE)], None)
    report = Report(checkpoint.size, checkpoint.root, [], None)
    entries, findings = read_entries(folder, checkpoint.size)
    if findings:
        return report._replace(findings=findings)
    leaves = [leaf_hash(entry) for entry in entries]
    levels = tile_levels(leaves)
    findings = check_tiles(folder, levels)
    if tree_root(leaves) != checkpoint.root:
        findings.append(("root_mismatch", WHOLE))
    findings += check_other_files(folder, levels, entries)
    if findings:
        return report._replace(findings=findings)
    if len(entries) <= SMALL_LEDGER:
        return judge_entries(folder, report, checkpoint.origin, entries, leaves, map)
    with multiprocessing.Pool() as pool:
        spread = functools.partial(pool.imap, chunksize=250)
        return judge_entries(folder, report, checkpoint.origin, entries, leaves, spread)


def judge_entries(folder, report, origin, entries, leaves, spread):
    """Judge all entries; `spread` maps a function over a list, on one core or on all."""
    judge = Judge(origin, leaves, functools.partial(read_named_file, folder), spread)
    examined = spread(functools.partial(examine, origin, published_keys(entries)), entries)
    for i, read in enumerate(examined):
        try:
            judge.judge(i, read)
        except Finding as finding:
            report.findings.append((str(finding), i))
        show_progress(i + 1, len(entries))
    return report._replace(judge=judge)


def inclusion_root(index, size, node, proof):
    """The root that a proof leads to, or None when it has too few or too many hashes."""
    last = size - 1
    for other in proof:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = node_hash(other, node)
            while index % 2 == 0 and index > 0:
                index, last = index // 2, last // 2
        else:
            node = node_hash(node, other)
        index, last = index // 2, last // 2
    return node if last == 0 else None


def check_receipt(data, vkey):
    """The index of the entry that a receipt proves, else a Finding."""
    head, gap, note = data.partition(b"\n\n")
    match = re.fullmatch(rb"c2sp\.org/tlog-proof@v1\nextra ([A-Za-z0-9+/=]+)\n"
                         rb"index (0|[1-9][0-9]{0,9})((?:\n[A-Za-z0-9+/=]{44})*)", head)
    require(match and gap, "receipt_malformed")
    entry = from_base64(match[1].decode())
    proof = [from_base64(line.decode(), 32) for line in match[3].split()]
    require(entry is not None and len(entry) <= LARGEST_ENTRY and None not in proof
            and len(data) <= LARGEST_RECEIPT, "receipt_malformed")
    checkpoint = check_checkpoint(note, vkey)
    index = int(match[2])
    root = inclusion_root(index, checkpoint.size, leaf_hash(entry), proof)
    require(index < checkpoint.size and root == checkpoint.root, "proof_wrong")
    return index


# ---- The command ----

def print_summary(report):
    print(f"size {report.size}" if report.size else "no valid checkpoint")
    if report.root:
        print(f"root {base64.b64encode(report.root).decode()}")
    for cat, votes in (report.judge.votes if report.judge else {}).items():
        if report.judge.tallies is None:
            print(f"\n{cat}: issued {len(votes.persons)}, cast {votes.cast}, not unsealed")
            continue
        tally = report.judge.tallies[cat]
        names = ("issued", "cast", "superseded", "void", "spoiled", "counted")
        print(f"\n{cat}: " + ", ".join(f"{name} {tally[name]}" for name in names))
        print("  place  nominee  voters  score  ngo")
        for row in tally["ranking"]:
            ngo = report.judge.nominees[int(row["nominee"])].ngo
            print(f"  {row['place']:>5}  {row['nominee']:>7}  {row['voters']:>6}  "
                  f"{row['score']}  {ngo}")


def print_json(report):
    judge, root = report.judge, report.root
    tallies = judge.tallies if judge else None
    print(json.dumps({
        "size": report.size,
        "root": base64.b64encode(root).decode() if root else None,
        "findings": [{"code": code, "index": index} for code, index in report.findings],
        "tallies": list(tallies.values()) if tallies else [],
    }, sort_keys=True))


def read_command_line():
    parser = argparse.ArgumentParser(description="Check a ledger folder and count it again.")
    parser.add_argument("--vkey", help="the log's verifier key or a file that holds it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--receipt", metavar="FILE", help="check this .tlog-proof instead")
    parser.add_argument("folder", metavar="DIR", nargs="?", help="the ledger folder")
    arguments = parser.parse_args()
    if (arguments.folder is None) == (arguments.receipt is None):
        parser.error("either DIR or --receipt FILE is needed")
    if arguments.receipt and not arguments.vkey:
        parser.error("--receipt needs --vkey")
    return arguments


def find_verifier_key(arguments):
    source = arguments.vkey or os.path.join(arguments.folder, "..", "log.vkey")
    if arguments.vkey and not os.path.isfile(source):
        return read_verifier_key(source)
    with open(source, encoding="utf-8") as file:
        return read_verifier_key(file.read(LARGEST_ENTRY))


def main():
    """Run the command; the return value is the exit status."""
    arguments = read_command_line()
    try:
        vkey = find_verifier_key(arguments)
        if arguments.receipt:
            with open(arguments.receipt, "rb") as file:
                print(f"good: entry {check_receipt(file.read(LARGEST_FILE), vkey)}")
            return 0
        report = verify(arguments.folder, vkey)
    except Finding as finding:
        print(f"{WHOLE} {finding}")
        return 1
    except (OSError, ValueError) as error:
        print(f"recount: {error}", file=sys.stderr)
        return 2
    report.findings.sort(key=lambda finding: (finding[1], finding[0]))
    if arguments.json:
        print_json(report)
        return 1 if report.findings else 0
    for code, index in report.findings:
        print(f"{index} {code}")
    print_summary(report)
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
