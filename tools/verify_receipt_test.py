#!/usr/bin/env python3
"""Holds verify_receipt.py against the vectors of LEDGER.md: verify_receipt_test.py ledger-v1.json"""

import base64
import json
import os
import subprocess
import sys
import unittest

import verify_receipt
from verify_receipt import Checkpoint, Entry, Refused, Signers

with open(sys.argv.pop(1), encoding="utf-8") as file:
    VECTORS = json.load(file)


def holds(check):
    try:
        check()
        return True
    except Refused:
        return False


def consistency_holds(vector):
    return verify_receipt.consistency_holds(
        vector["old_size"], vector["new_size"], bytes.fromhex(vector["old_root"]), bytes.fromhex(vector["new_root"]),
        [base64.b64decode(node) for node in vector["proof"]])


class VectorsTest(unittest.TestCase):
    def check_receipts(self, vectors, signers=None, accepted=None):
        self.assertTrue(vectors)
        for vector in vectors:
            text = vector["text"] if "text" in vector else json.dumps(vector["receipt"])
            trusted = vector.get("signers") or signers
            expected = vector["accepted"] if accepted is None else accepted
            found = holds(lambda: verify_receipt.verify_receipt(
                text, Signers(trusted, vector.get("threshold", 1))))
            self.assertEqual(expected, found, vector["why"])

    def test_receipts_of_the_ledgers(self):
        for ledger in VECTORS["ledgers"]:
            signers = Signers([[key["verifier_key"]] for key in ledger["keys"]], ledger["threshold"])
            for vector in ledger["receipts"]:
                entry, header, value, _ = verify_receipt.verify_receipt(json.dumps(vector["receipt"]), signers)
                self.assertEqual(vector["deleted"], entry.kind == 2)
                self.assertEqual(vector["value_proved"], value is not None)
                self.assertEqual(vector["author"], entry.author)
                self.assertEqual(vector["expires_at"], entry.expires_at)
                self.assertEqual(vector["timestamp"], header.timestamp)
                self.assertEqual(vector["joined_to_next"], entry.joined)

    def test_receipts_to_be_refused(self):
        signers = [[VECTORS["ledgers"][0]["keys"][0]["verifier_key"]]]
        self.check_receipts(VECTORS["refused_receipts"], signers, False)

    def test_crafted_receipts(self):
        self.check_receipts(VECTORS["crafted"]["receipts"], [VECTORS["crafted"]["verifier_keys"]])

    def test_keys_as_they_are_printed_and_a_locale_without_umlauts(self):
        command = [sys.executable, verify_receipt.__file__, "receipt", "-", "--key"]
        keys = "\n".join(VECTORS["crafted"]["verifier_keys"])
        accepted = [vector for vector in VECTORS["crafted"]["receipts"] if vector["accepted"]]
        self.assertTrue(accepted)
        for vector in accepted:
            done = subprocess.run(
                command + [keys], input=json.dumps(vector["receipt"]).encode(), capture_output=True,
                env=dict(os.environ, PYTHONIOENCODING="ascii"))
            self.assertEqual((0, b""), (done.returncode, done.stderr), vector["why"])

    def test_texts(self):
        self.check_receipts(VECTORS["texts"])

    def test_entries_to_be_refused(self):
        for vector in VECTORS["refused_entries"]:
            self.assertFalse(holds(lambda: Entry(base64.b64decode(vector["entry"]))), vector["why"])

    def test_notes_and_thresholds(self):
        for vector in VECTORS["notes"] + VECTORS["thresholds"]:
            expected = vector["accepted"] if "accepted" in vector else vector["holds"]
            found = holds(lambda: Checkpoint(vector["note"]).verify(
                Signers(vector["signers"], vector["threshold"])))
            self.assertEqual(expected, found, vector["why"])

    def test_consistency(self):
        for ledger in VECTORS["ledgers"]:
            for vector in ledger["consistency"]:
                self.assertTrue(consistency_holds(vector))
        for vector in VECTORS["consistency"] + VECTORS["refused_consistency"]:
            self.assertEqual(vector.get("accepted", False), consistency_holds(vector), vector["why"])


if __name__ == "__main__":
    unittest.main()
