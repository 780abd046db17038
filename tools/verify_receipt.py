#!/usr/bin/env python3
"""Checks what BlockDB serves with nothing but its public keys: receipts, and that one checkpoint grew out of another.

It is written from docs/LEDGER.md alone, uses the standard library of Python 3.8 or newer alone, and shares no code with
BlockDB: an auditor can read it from top to bottom before relying on it.

  verify_receipt.py receipt RECEIPT.json --key VKEY[,VKEY...] [--key ...] [--threshold K] [--value FILE]
  verify_receipt.py consistency OLD.note PROOF.json [--checkpoint NEW.note] --key VKEY[,VKEY...] [--key ...] [--threshold K]

Each --key is one signer; a signer's retired keys follow its first one behind a comma, or on lines of their own. FILE '-'
reads standard input.
PROOF.json is {"old_size": m, "new_size": n, "proof": ["base64", ...], "checkpoint": "the newer note"}; the last may be left
out. Exit status: 0 it holds, 1 it does not, 2 wrong usage.

A receipt proves that this entry, at this place, stands in the history that the signers vouch for. It does not prove that
no newer revision exists, that another key is absent, that a list is complete, that a write-once key stands only once, when
it happened beyond the writer's own clock, or that it has neither expired nor been erased since.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import re
import sys

NUMBER_MAX = 2**53 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Refused(Exception):
    """Something does not hold; the text says which rule is broken."""


def require(condition, why):
    if not condition:
        raise Refused(why)


# ---- Ed25519, verification only (RFC 8032, 5.1.7, without the cofactor)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    """Adds two points in extended coordinates (X, Y, Z, T)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_decode(encoded):
    """The point that 32 bytes encode, or None (RFC 8032, 5.1.3)."""
    y = int.from_bytes(encoded, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else (0, y, 1, 0)
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (x * x - x2) % P != 0:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def has_small_order(point):
    for _ in range(3):
        point = point_add(point, point)
    return point_encode(point) == point_encode((0, 1, 1, 0))


def signature_holds(public_key, message, signature):
    if len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    a = point_decode(public_key)
    if a is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return point_encode(point_add(point_multiply(s, BASE), point_multiply(k, minus_a))) == r


# ---- Text

def canonical_base64(text, what):
    require(isinstance(text, str), what + " is no string")
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Refused(what + " is not base64")
    require(base64.b64encode(raw).decode("ascii") == text, what + " is not canonical base64")
    return raw


def is_control(character):
    code = ord(character)
    return code < 0x20 or 0x7F <= code <= 0x9F


def check_text(text, what):
    require(not any(is_control(c) for c in text), what + " has a control character")


# ---- Keys and checkpoints

class VerifierKey:
    def __init__(self, text):
        match = re.fullmatch(r"([!-*,-~]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
        require(match, "a verifier key is not of the form name+key_id+base64")
        self.name, self.key_id = match.group(1), match.group(2)
        check_origin(self.name)
        typed = canonical_base64(match.group(3), "verifier key")
        require(len(typed) == 33 and typed[0] == 1, "a verifier key is no Ed25519 key of 32 bytes")
        require(hashlib.sha256(self.name.encode() + b"\n" + typed).hexdigest()[:8] == self.key_id,
                "a verifier key states another key_id than its own")
        self.public_key = typed[1:]
        point = point_decode(self.public_key)
        require(point is not None, "a public key is no point of the curve")
        require(not has_small_order(point), "a public key has small order")


def check_origin(text):
    require(re.fullmatch(r"[!-*,-~]+/[0-9a-f]{32}", text), "the origin is not <name>/<ledger id>")


class Signers:
    """Signers, each a list of verifier keys, and how many of them must have signed."""

    def __init__(self, signers, threshold):
        require(1 <= threshold <= len(signers), "the threshold is not 1 to the number of signers")
        require(all(signers), "a signer has no key")
        self.signers = [[VerifierKey(key) for key in keys] for keys in signers]
        self.threshold = threshold
        every = [key for keys in self.signers for key in keys]
        require(len({key.key_id for key in every}) == len(every), "two keys have the same key_id")
        require(len({key.name for key in every}) == 1, "the keys are of several ledgers")
        self.name = every[0].name


class Checkpoint:
    def __init__(self, note):
        try:
            note.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("the checkpoint has a lone surrogate")
        check_text(note.replace("\n", ""), "the checkpoint")
        blank = note.rfind("\n\n")
        require(blank >= 0, "the checkpoint has no blank line")
        self.text, lower = note[:blank + 1], note[blank + 2:]
        require(not self.text.startswith("\n") and "\n\n" not in self.text,
                "the checkpoint has an empty line within its text")
        lines = self.text.split("\n")[:-1]
        require(len(lines) >= 3, "the checkpoint has no three lines")
        self.origin = lines[0]
        check_origin(self.origin)
        require(re.fullmatch(r"0|[1-9][0-9]*", lines[1]) and int(lines[1]) <= NUMBER_MAX, "the tree size is no number")
        self.tree_size = int(lines[1])
        self.root = canonical_base64(lines[2], "the root")
        require(len(self.root) == 32, "the root has not 32 bytes")
        require(self.tree_size > 0 or self.root == EMPTY_ROOT, "an empty tree has another root")
        require(lower.endswith("\n"), "the checkpoint does not end with a signature and a line feed")
        lines = lower[:-1].split("\n")
        require(len(lines) <= 64, "the checkpoint has more than 64 signature lines")
        self.signatures = [self.signature_line(line) for line in lines]

    @staticmethod
    def signature_line(line):
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014", "a signature line has another form")
        name = parts[1]
        require(name and "+" not in name and not any(c.isspace() for c in name), "a signature line has no key name")
        raw = canonical_base64(parts[2], "a signature line")
        require(len(raw) >= 5, "a signature line has under 5 bytes")
        return name, raw[:4].hex(), raw[4:]

    def verify(self, signers):
        require(self.origin == signers.name, "the checkpoint is of ledger %s, the keys are of %s"
                % (self.origin, signers.name))
        signed = 0
        for keys in signers.signers:
            counts = False
            for key in keys:
                for name, key_id, signature in self.signatures:
                    if name == key.name and key_id == key.key_id:
                        require(signature_holds(key.public_key, self.text.encode(), signature),
                                "the signature of key %s does not hold" % key_id)
                        counts = True
            signed += counts
        require(signed >= signers.threshold, "%d signers have signed, %d are needed" % (signed, signers.threshold))


# ---- Merkle trees (RFC 9162, 2.1.1, 2.1.3.2 and 2.1.4.2)

def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_holds(leaf, index, size, path, root):
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def consistency_holds(old_size, new_size, old_root, new_root, path):
    if not 0 <= old_size <= new_size <= NUMBER_MAX:
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not path and old_root == new_root
    if not path:
        return False
    nodes = list(path)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    # An old tree that is perfect is itself where the walk begins.
    first = old_root if old_size & (old_size - 1) == 0 else nodes.pop(0)
    old_node = new_node = first
    for sibling in nodes:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_node = node_hash(new_node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old_node == old_root and new_node == new_root


# ---- Block headers and entries

class Header:
    def __init__(self, raw):
        require(len(raw) == 112, "the header has not 112 bytes")
        require(raw[:3] == b"BDB", "the header has another magic")
        require(raw[3] == 1, "the header's version is %d: this verifier may be too old" % raw[3])
        self.entry_count = int.from_bytes(raw[4:8], "big")
        self.height, self.first_sequence, self.timestamp = (
            int.from_bytes(raw[at:at + 8], "big") for at in (8, 16, 24))
        self.ledger_id, previous_hash, self.entries_root = raw[32:48].hex(), raw[48:80], raw[80:112]
        require(self.entry_count >= 1, "the block is empty")
        require(max(self.height, self.first_sequence, self.timestamp) <= NUMBER_MAX
                and self.first_sequence + self.entry_count <= 2**53, "a number of the header is out of range")
        if self.height == 0:
            require(previous_hash == bytes(32) and self.first_sequence == 0,
                    "block 0 has a previous_hash or a first_sequence")
        else:
            require(self.first_sequence >= self.height, "first_sequence is below the height")


class Entry:
    def __init__(self, raw):
        require(len(raw) >= 56 and raw[0] == 1, "the entry's format is unknown: this verifier may be too old")
        self.kind, self.salt_length, flags = raw[1], raw[2], raw[3]
        require(self.kind in (1, 2) and self.salt_length in (0, 16) and flags in (0, 1),
                "the entry has another kind, salt_length or flag")
        self.joined = flags == 1
        author, table = (int.from_bytes(raw[at:at + 2], "big") for at in (4, 6))
        key, self.value_length = (int.from_bytes(raw[at:at + 4], "big") for at in (8, 12))
        self.expires_at = int.from_bytes(raw[16:24], "big")
        require(author <= 255 and 1 <= table <= 255 and 1 <= key <= 64000 and key + self.value_length <= 8 << 20
                and self.expires_at <= NUMBER_MAX, "a length or the expiry of the entry is out of range")
        require(len(raw) == 56 + author + table + key, "the entry has bytes too many or too few")
        try:
            self.author = raw[24:24 + author].decode("utf-8")
            self.table = raw[24 + author:24 + author + table].decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("author or table of the entry is not UTF-8")
        check_text(self.author, "the author")
        check_text(self.table, "the table")
        self.key = raw[24 + author + table:-32]
        self.value_digest = raw[-32:]
        if self.kind == 2:
            require(self.salt_length == 0 and self.value_length == 0 and self.expires_at == 0
                    and self.value_digest == EMPTY_ROOT, "a delete has a salt, a value, an expiry or another digest")


# ---- Receipts

FIELDS = {"version", "table", "key", "value", "salt", "sequence", "height", "entry", "entry_index", "entry_path",
          "header", "block_path", "checkpoint"}


def parse_json(text):
    """One object of JSON, strictly: no doubled names, no lone surrogates, numbers as 0|[1-9][0-9]*."""
    def unique(pairs):
        names = [name for name, _ in pairs]
        require(len(set(names)) == len(names), "a field stands twice")
        return dict(pairs)

    def integer(literal):
        require(re.fullmatch(r"0|[1-9][0-9]{0,15}", literal), "a number has another form")
        return int(literal)

    def refuse(literal):
        raise Refused("a number has another form: " + literal)

    # Python's reader takes "\u +74" for an escape; JSON does not.
    for match in re.finditer(r"(?<!\\)(?:\\\\)*\\u(.{0,4})", text, re.S):
        require(re.fullmatch(r"[0-9a-fA-F]{4}", match.group(1)), "an escape without four hex digits")
    try:
        value = json.loads(text, object_pairs_hook=unique, parse_int=integer, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Refused("not JSON: %s" % error)
    require(isinstance(value, dict), "not an object of JSON")
    return value


def number(fields, name):
    value = fields[name]
    require(type(value) is int and 0 <= value <= NUMBER_MAX, name + " is no number from 0 to 2^53 - 1")
    return value


def hashes(fields, name):
    require(isinstance(fields[name], list), name + " is no list")
    path = [canonical_base64(item, name) for item in fields[name]]
    require(all(len(node) == 32 for node in path), name + " has a hash that has not 32 bytes")
    return path


def verify_receipt(text, signers, separate_value=None):
    """Checks a receipt; returns what is proved. The steps are those of LEDGER.md, section Receipt."""
    fields = parse_json(text)
    require(set(fields) == FIELDS, "fields are missing or unknown")
    require(type(fields["version"]) is int and fields["version"] == 1,
            "the receipt's version is unknown: this verifier may be too old")
    require(isinstance(fields["table"], str) and isinstance(fields["checkpoint"], str), "a field is no string")
    key = canonical_base64(fields["key"], "key")
    value = None if fields["value"] is None else canonical_base64(fields["value"], "value")
    salt = None if fields["salt"] is None else canonical_base64(fields["salt"], "salt")
    sequence, height, index = (number(fields, name) for name in ("sequence", "height", "entry_index"))
    entry_raw, header_raw = (canonical_base64(fields[name], name) for name in ("entry", "header"))
    entry_path, block_path = hashes(fields, "entry_path"), hashes(fields, "block_path")

    # 1. The checkpoint.
    checkpoint = Checkpoint(fields["checkpoint"])
    checkpoint.verify(signers)
    # 2. The header.
    header = Header(header_raw)
    require(header.ledger_id == checkpoint.origin.rsplit("/", 1)[1], "the header is of another ledger")
    require(header.height == height < checkpoint.tree_size, "the height is another, or not in the tree")
    require(index < header.entry_count and header.first_sequence + index == sequence, "the sequence is another")
    # 3. The entry.
    entry = Entry(entry_raw)
    require(not (entry.joined and index == header.entry_count - 1), "a batch runs past its block")
    require(header.height > 0 or entry.table.startswith("_"), "block 0 holds an entry of a user's table")
    require(entry.table == fields["table"] and entry.key == key, "table or key are not those of the entry")
    # 4. The value.
    require((value is None) == (salt is None), "value and salt must be there both or neither")
    if separate_value is not None:
        require(entry.kind == 1, "a deletion has no value")
        require(value is None or value == separate_value, "the value given is not that of the receipt")
        require(value is not None or entry.salt_length == 0, "the value has a salt that the receipt withholds")
        value, salt = separate_value, salt or b""
    if value is not None:
        require(entry.kind == 1, "a deletion has no value")
        require(len(salt) == entry.salt_length and len(value) == entry.value_length
                and hashlib.sha256(salt + value).digest() == entry.value_digest, "the value is not the one written")
    # 5. and 6. The paths.
    require(inclusion_holds(leaf_hash(entry_raw), index, header.entry_count, entry_path, header.entries_root),
            "entry_path does not lead to the entries_root of the block")
    require(inclusion_holds(leaf_hash(header_raw), height, checkpoint.tree_size, block_path, checkpoint.root),
            "block_path does not lead to the root of the checkpoint")
    return entry, header, value, checkpoint


def verify_consistency(old_note, new_note, proof_text, signers):
    fields = parse_json(proof_text)
    new_note = fields.get("checkpoint") if new_note is None else new_note
    require(isinstance(new_note, str), "the newer checkpoint is missing")
    old, new = Checkpoint(old_note), Checkpoint(new_note)
    old.verify(signers)
    new.verify(signers)
    require({"old_size", "new_size", "proof"} <= set(fields), "the proof lacks old_size, new_size or proof")
    require(number(fields, "old_size") == old.tree_size and number(fields, "new_size") == new.tree_size,
            "the proof is between other sizes")
    require(not (old.tree_size == new.tree_size and old.root != new.root),
            "two roots of the same size are signed: this is evidence of tampering, keep both notes")
    require(consistency_holds(old.tree_size, new.tree_size, old.root, new.root, hashes(fields, "proof")),
            "the newer checkpoint is not shown to have grown out of the older one")
    return old, new


# ---- Command line

def read(path):
    with (sys.stdin.buffer if path == "-" else open(path, "rb")) as file:
        return file.read()


def read_text(path):
    try:
        return read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(path + " is not UTF-8")


def moment(micros):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)).isoformat() + "Z"


def show(raw):
    """Bytes as text where they are that, and harmless on a terminal."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    return repr(text) if text is not None and text.isprintable() else "0x" + raw.hex()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    receipt = commands.add_parser("receipt", help="check a receipt")
    receipt.add_argument("receipt")
    receipt.add_argument("--value", help="a file with the value, where the receipt withholds it")
    consistency = commands.add_parser("consistency", help="check that one checkpoint grew out of another")
    consistency.add_argument("old")
    consistency.add_argument("proof")
    consistency.add_argument("--checkpoint", help="the newer checkpoint, where the proof does not hold it")
    for command in (receipt, consistency):
        command.add_argument("--key", action="append", required=True, metavar="VKEY[,VKEY...]", help="a signer's keys")
        command.add_argument("--threshold", type=int, default=1)
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):  # whatever the locale: a key that it cannot spell is no reason to fail
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        signers = Signers([keys.replace(",", " ").split() for keys in arguments.key], arguments.threshold)
        if arguments.command == "receipt":
            value = read(arguments.value) if arguments.value else None
            entry, header, value, checkpoint = verify_receipt(read_text(arguments.receipt), signers, value)
            print("the receipt holds: %s of key %s in table '%s'"
                  % ("deletion" if entry.kind == 2 else "put", show(entry.key), entry.table))
            print("  author:     %s" % (entry.author or "(none)"))
            print("  time:       %s, by the writer's clock" % moment(header.timestamp))
            print("  expires:    %s" % (moment(entry.expires_at) if entry.expires_at else "never"))
            if entry.kind == 1:
                print("  value:      %s" % ("not proved" if value is None else "proved, %d byte%s" % (len(value), "" if len(value) == 1 else "s")))
            print("  ledger:     %s, block %d of %d" % (checkpoint.origin, header.height, checkpoint.tree_size))
        else:
            old, new = verify_consistency(
                read_text(arguments.old), read_text(arguments.checkpoint) if arguments.checkpoint else None,
                read_text(arguments.proof), signers)
            print("the ledger of %d blocks grew out of the one of %d blocks" % (new.tree_size, old.tree_size))
    except Refused as refused:
        print("REFUSED: %s" % refused, file=sys.stderr)
        return 1
    except OSError as error:
        print("cannot read: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
