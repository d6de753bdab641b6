"""Tests of scripts/recount.py. Run: /usr/bin/python3 -m unittest discover -s tests/python"""

import base64
import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ledger_damages
import ledger_writer as w

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECOUNT = os.path.join(ROOT, "scripts", "recount.py")
VECTORS = os.path.join(ROOT, "server", "ledger", "vectors.json")
SHARED = os.environ.get("DAUYS_SHARED", os.path.join(ROOT, "..", "shared"))


def load_recount():
    spec = importlib.util.spec_from_file_location("recount", RECOUNT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["recount"] = module
    spec.loader.exec_module(module)
    return module


recount = load_recount()
LOG_KEY = recount.read_verifier_key(w.verifier_key(w.ORIGIN, w.ed25519_key("log")))


@contextlib.contextmanager
def ledger(paths):
    """A temporary folder with `ledger` and `log.vkey`."""
    with tempfile.TemporaryDirectory() as folder:
        w.write_folder(folder, paths)
        yield folder


def findings_of(paths):
    with ledger(paths) as folder:
        report = recount.verify(os.path.join(folder, "ledger"), LOG_KEY)
    return sorted((index, code) for code, index in report.findings), report


class WholeLedgers(unittest.TestCase):
    def test_corpus(self):
        """Each damaged ledger gives its findings, all of them and no other."""
        count = 0
        for name, paths, expected in ledger_damages.cases():
            count += bool(expected)
            with self.subTest(name):
                found, _ = findings_of(paths)
                self.assertEqual(found, [(f["index"], f["code"])
                                         for f in ledger_damages.in_order(expected)])
        self.assertGreaterEqual(count, 30)

    def test_every_code_is_in_the_corpus(self):
        """Each code that PROTOCOL.md names is expected somewhere."""
        expected = {f["code"] for _, _, fs in ledger_damages.cases() for f in fs}
        with open(os.path.join(ROOT, "server", "ledger", "PROTOCOL.md"), encoding="utf-8") as file:
            text = file.read().partition("## 6.")[2]
        codes = set(recount.re.findall(r"`([a-z]+_[a-z_]+)`", text))
        self.assertEqual(expected, codes | {"overdue"})

    def test_tallies_of_the_sample(self):
        """The counts are those of the choices that the writer made."""
        campaign = w.sample_campaign()
        found, report = findings_of(campaign.paths())
        self.assertEqual(found, [])
        self.assertEqual(list(report.judge.tallies), list(w.BALLOTS))
        for cat, tally in report.judge.tallies.items():
            self.assertEqual(recount.canonical(tally), w.canonical(campaign.tally(cat)))
        self.assertEqual(report.judge.tallies["art"]["ranking"][0]["score"], "16/5")

    def test_several_processes_find_the_same(self):
        campaign = ledger_damages.damaged_campaign("voting")
        with mock.patch.object(recount, "SMALL_LEDGER", 0):
            found, report = findings_of(campaign.paths())
        self.assertEqual(found, [(f["index"], f["code"]) for f in campaign.expected])
        self.assertEqual(report.judge.tallies["edu"]["counted"], 6)

    def test_prefixes_of_a_campaign_are_good(self):
        """A campaign may be under way."""
        campaign = w.sample_campaign()
        for size in range(1, len(campaign.entries), 17):
            found, _ = findings_of(w.folder_files(campaign.entries[:size], campaign.files))
            self.assertEqual(found, [], size)


CANONICAL = [
    b"{}", b'{"a":1}', b'{"a":0}', b'{"a":9007199254740991}', b'{"a":"\xd2\xa3"}', b'{"a":[]}',
    b'{"a":"\\"\\\\/"}', b'{"0":1,"_":1,"a":1}', b'{"a":[[[]]]}', b'{"a":[[["x"]]]}',
    b'{"a":[%s1]}' % (b"1," * 253),
]


class CanonicalForm(unittest.TestCase):
    def test_table(self):
        for data in CANONICAL:
            self.assertEqual(recount.canonical(recount.read_canonical(data, 256)), data)
        for data in ledger_damages.NOT_CANONICAL:
            if len(data) <= recount.LARGEST_ENTRY:
                with self.subTest(data[:40]), self.assertRaises(ValueError):
                    recount.read_canonical(data, 256)

    def test_length_of_an_entry(self):
        longest = b'{"v":"%s"}' % (b"a" * 8184)
        for data, code in ((longest, "version_unknown"), (longest[:-2] + b'a"}', "not_canonical")):
            with self.assertRaisesRegex(recount.Finding, code):
                recount.read_entry(data)

    def test_base64(self):
        self.assertEqual(recount.from_base64("AAE="), b"\0\1")
        self.assertEqual(recount.from_base64(""), b"")
        for text in ("AAF=", "AAE", "AAE==", "AA E=", "AAE=\n", "-_8=", "A", "=", "ңңңң"):
            self.assertIsNone(recount.from_base64(text), text)
        self.assertIsNone(recount.from_base64("AAE=", 3))


class Signatures(unittest.TestCase):
    def test_ed25519_vectors(self):
        path = os.path.join(SHARED, "data", "cctv-ed25519.json")
        if not os.path.exists(path):
            print("skipped: no shared data (test_ed25519_vectors)")
            return
        refused = {"non_canonical_A", "non_canonical_R", "low_order_A", "low_order_R",
                   "low_order_residue"}
        with open(path, encoding="utf-8") as file:
            vectors = json.load(file)
        self.assertGreater(len(vectors), 500)
        for vector in vectors:
            holds = recount.ed25519_holds(bytes.fromhex(vector["key"]), bytes.fromhex(vector["sig"]),
                                          vector["msg"].encode())
            self.assertEqual(holds, not refused & set(vector["flags"] or ()), vector["number"])

    def test_ed25519_small_points(self):
        field = 2**255 - 19
        y8 = recount.ED25519_ORDER_EIGHT
        # -x^2 + y^2 = 1 + d x^2 y^2; doubling a point of order 8 gives y = 0, so x^2 = -y^2.
        d = -121665 * pow(121666, -1, field)
        self.assertEqual((2 * y8**2 - 1 + d * y8**4) % field, 0)
        ys = [0, 1, y8, field - 1, field - y8, field, field + 1]
        for y in ys:
            for sign in (0, 1 << 255):
                self.assertFalse(recount.ed25519_point_allowed((y | sign).to_bytes(32, "little")))
        self.assertTrue(recount.ed25519_point_allowed(w.ed25519_key("a").public))

    def test_ed25519_wrong(self):
        key = w.ed25519_key("a")
        good = key.sign(b"text")
        self.assertTrue(recount.ed25519_holds(key.public, good, b"text"))
        s = int.from_bytes(good[32:], "little") + recount.ED25519_ORDER
        for public, signature, text in (
                (key.public, good, b"Text"), (key.public, good[:-1], b"text"),
                (key.public[:-1], good, b"text"), (w.ed25519_key("b").public, good, b"text"),
                (key.public, good[:32] + s.to_bytes(32, "little"), b"text")):
            self.assertFalse(recount.ed25519_holds(public, signature, text))

    def test_rsa(self):
        key = w.rsa_key("edu")
        self.assertTrue(recount.rsa_holds(key.spki, key.sign(b"text"), b"text"))
        large = None
        for number in range(100):
            text = b"%d" % number
            value = int.from_bytes(key.sign(text), "big") + key.modulus
            large = (text, value.to_bytes(256, "big")) if value < 1 << 2048 else large
        self.assertIsNotNone(large)
        self.assertFalse(recount.rsa_holds(key.spki, large[1], large[0]))
        for signature in (key.sign(b"text", 47), key.sign(b"text", 0), key.sign(b"other"),
                          b"\0" + key.sign(b"text"), b""):
            self.assertFalse(recount.rsa_holds(key.spki, signature, b"text"))

    def test_p256(self):
        key = w.p256_key("seal")
        good = key.sign(b"text")
        self.assertTrue(recount.p256_holds(key.spki, good, b"text"))
        for signature in (good[:-1], bytes(64), good[:32] + bytes(32), b"\xff" * 64,
                          w.p256_key("other").sign(b"text")):
            self.assertFalse(recount.p256_holds(key.spki, signature, b"text"))
        self.assertIsNone(recount.p256_point(bytes([6 + key.point[-1] % 2]) + key.point[1:]))
        self.assertIsNone(recount.p256_point(b"\2" + key.point[1:33]))


class Vectors(unittest.TestCase):
    """recount.py reproduces server/ledger/vectors.json, and the writer still writes it."""

    @classmethod
    def setUpClass(cls):
        with open(VECTORS, encoding="utf-8") as file:
            cls.vectors = json.load(file)

    def test_file_is_current(self):
        self.assertEqual(self.vectors, w.vectors())

    def test_note_and_receipt(self):
        v = self.vectors["note"]
        key = recount.read_verifier_key(v["verifier_key"])
        self.assertEqual((key.keyid.hex(), key.public.hex()), (v["key_id"], v["key_public"]))
        checkpoint = recount.check_checkpoint(v["checkpoint"].encode(), key)
        leaves = [recount.leaf_hash(entry.encode()) for entry in v["entries"]]
        self.assertEqual(checkpoint.root, recount.tree_root(leaves))
        proof = self.vectors["receipt"]
        self.assertEqual(recount.check_receipt(proof["proof"].encode(), key), proof["index"])

    def test_keys(self):
        for key in self.vectors["keys"]:
            spki, pop = base64.b64decode(key["spki"]), base64.b64decode(key["pop"])
            self.assertTrue(recount.good_spki(key["use"], spki))
            self.assertEqual(recount.key_id(spki), key["id"])
            origin = self.vectors["origin"]
            self.assertTrue(recount.pop_holds(origin, key["use"], key["cat"], spki, pop))
            self.assertFalse(recount.pop_holds(origin + "x", key["use"], key["cat"], spki, pop))

    def test_entry(self):
        v = self.vectors["leaf"]
        self.assertEqual(recount.leaf_hash(v["entry"].encode()).hex(), v["hash"])
        v = self.vectors["signed_text"]
        text = recount.signed_text(self.vectors["origin"], recount.read_entry(v["entry"].encode()))
        self.assertEqual(text, v["text"].encode())
        self.assertTrue(recount.ed25519_holds(bytes.fromhex(v["public"]),
                                              base64.b64decode(v["sig"]), text))

    def test_pass(self):
        v = self.vectors["pass"]
        message = recount.pass_message(self.vectors["origin"], v)
        self.assertEqual(message, base64.b64decode(v["message"]))
        self.assertTrue(recount.rsa_holds(base64.b64decode(v["spki"]), base64.b64decode(v["tok"]),
                                          message))

    def test_sealed_ballot(self):
        v = self.vectors["sealed"]
        secret, enc, ct = bytes.fromhex(v["secret"]), *map(base64.b64decode, (v["enc"], v["ct"]))
        self.assertEqual(recount.p256_secret(secret)[1].hex(), v["point"])
        info, aad = v["info"].encode(), v["aad"].encode()
        opened = recount.hpke_open(secret, enc, info, aad, ct)
        self.assertEqual(opened, v["plaintext"].encode())
        self.assertIsNone(recount.hpke_open(secret, enc, info, aad + b" ", ct))
        self.assertIsNone(recount.hpke_open(secret, enc, info + b"x", aad, ct))

    def test_tally_and_lot(self):
        v = self.vectors["tally"]
        self.assertEqual(recount.sha256(v["file"].encode()).hex(), v["sha256"])
        self.assertEqual(recount.canonical(json.loads(v["file"])), v["file"].encode())
        v = self.vectors["lot"]
        text = f"lot/v1\n{self.vectors['origin']}\n{v['cat']}\n{v['nominee']}\n".encode()
        self.assertEqual(recount.sha256(text + bytes.fromhex(v["root"])).hex(), v["hash"])


def category(**ballot):
    """A category with admitted nominees 9, 17 and 120."""
    result = recount.Category(ballot)
    result.admitted = {"9", "17", "120"}
    return result


class Counting(unittest.TestCase):
    def test_sealed_lengths(self):
        """One value on each side of a multiple of 64, worked out by hand from §5."""
        score = {"method": "score", "least": 0, "criteria": [{"id": "effect", "weight": 1}]}
        for length, ballot in (
                (64, {"method": "choose"}), (64, {"method": "approve", "at_most": 2}),
                (64, {"method": "approve", "at_most": 9}),   # 24 + 3 * 6 = 42
                (64, {"method": "points", "sum": 3}),        # 24 + 3 * 8 = 48
                (64, {"method": "points", "sum": 1000}),     # 24 + 3 * 11 = 57
                (128, {"method": "points", "sum": 10**6}),   # 24 + 3 * 14 = 66
                (64, score | {"at_most": 2, "most": 9}),     # 24 + 2 * (9 + 11) = 64
                (128, score | {"at_most": 2, "most": 10}),   # 24 + 2 * (9 + 12) = 66
                (128, score | {"at_most": 5, "most": 9})):   # 24 + 3 * 20 = 84
            self.assertEqual(category(**ballot).sealed_length(), length, ballot)
        empty = recount.Category({"method": "choose"})
        self.assertEqual(empty.sealed_length(), 64)

    def rank(self, ballots, ties, **ballot):
        made = category(**ballot)
        counts, voters, _ = recount.count_marks(ballots)
        rows = recount.rank_nominees("o", "c", made, counts, voters, ties, bytes(32))
        return [(row["nominee"], row["place"], row["score"], row["voters"]) for row in rows]

    def test_points_and_voters(self):
        ballots = [{"9": {"points": 2}}, {"17": {"points": 1}}, {"17": {"points": 1}}]
        points = {"method": "points", "sum": 5}
        self.assertEqual(self.rank(ballots, ["voters"], **points),
                         [("17", 1, "2", 2), ("9", 2, "2", 1), ("120", 3, "0", 0)])
        self.assertEqual(self.rank(ballots, [], **points),
                         [("9", 1, "2", 1), ("17", 1, "2", 2), ("120", 3, "0", 0)])

    def test_lot(self):
        order = sorted(("9", "17", "120"),
                       key=lambda n: w.sha256(f"lot/v1\no\nc\n{n}\n".encode() + bytes(32)))
        found = self.rank([], ["voters", "lot"], method="choose")
        self.assertEqual(found, [(n, place, "0", 0) for place, n in enumerate(order, start=1)])

    def test_score_is_exact(self):
        criteria = [{"id": "a", "weight": 2}, {"id": "b", "weight": 5}]
        ballots = [{"9": {"a": 1}}, {"9": {"a": 2, "b": 3}}, {"9": {"a": 2}}]
        rows = self.rank(ballots, [], method="score", at_most=1, least=0, most=9, criteria=criteria)
        self.assertEqual(rows[0], ("9", 1, str((2 * Fraction(5, 3) + 5 * 3) / 7), 3))

    def test_pairs(self):
        ballots = [{"9": {"rank": 1}, "17": {"rank": 2}}, {"17": {"rank": 1}, "9": {"rank": 2}},
                   {"120": {"rank": 1}, "9": {"rank": 2}, "17": {"rank": 3}}]
        _, _, pairs = recount.count_marks(ballots)
        self.assertEqual(pairs, {"9": {"17": 2}, "17": {"9": 1}, "120": {"9": 1, "17": 1}})


class Receipts(unittest.TestCase):
    def setUp(self):
        self.entries = [b"entry %d" % i for i in range(13)]
        self.note = w.folder_files(self.entries, {})["checkpoint"]

    def test_every_place_of_every_small_tree(self):
        for size in range(1, 14):
            note = w.folder_files(self.entries[:size], {})["checkpoint"]
            for index in range(size):
                data = w.receipt(self.entries[:size], index, note)
                self.assertEqual(recount.check_receipt(data, LOG_KEY), index)

    def test_damaged(self):
        good = w.receipt(self.entries, 5, self.note).decode()
        lines = good.split("\n")
        for code, text in (
                ("proof_wrong", good.replace("index 5", "index 4")),
                ("proof_wrong", good.replace("index 5", "index 13")),
                ("proof_wrong", good.replace(lines[1], "extra " + w.b64(b"entry 6"))),
                ("proof_wrong", good.replace(lines[3] + "\n", "")),
                ("proof_wrong", good.replace(lines[3], lines[3] + "\n" + lines[3])),
                ("receipt_malformed", good.replace("index 5", "index 05")),
                ("receipt_malformed", good.replace("@v1", "@v2")),
                ("receipt_malformed", good.replace("extra ", "data ")),
                ("receipt_malformed", good.replace(lines[3], lines[3][:-2] + "==")),
                ("receipt_malformed", good.replace("\n\n", "\n")),
                ("checkpoint_signature", good.replace(lines[-2], w.signature_line(
                    "other\n", w.ORIGIN, w.ed25519_key("log"))[:-1])),
                ("checkpoint_malformed", good[:-1]),
                ("checkpoint_key", good.replace(f"— {w.ORIGIN}", "— elsewhere"))):
            with self.subTest(code), self.assertRaisesRegex(recount.Finding, code):
                recount.check_receipt(text.encode(), LOG_KEY)


class Command(unittest.TestCase):
    def run_command(self, *arguments):
        result = subprocess.run([sys.executable, RECOUNT, *arguments], capture_output=True,
                                text=True, timeout=60, check=False)
        return result.returncode, result.stdout, result.stderr

    def test_good(self):
        campaign = w.sample_campaign()
        with ledger(campaign.paths()) as folder:
            code, out, err = self.run_command(folder + "/ledger")
            self.assertEqual((code, err), (0, ""))
            self.assertIn(f"size {len(campaign.entries)}\n", out)
            self.assertIn("edu: issued 22, cast 22, superseded 1, void 1, spoiled 15, counted 5\n", out)
            self.assertRegex(out, r"(?m)^ +1 +32 +2  16/5  n1$")
            vkey = w.verifier_key(w.ORIGIN, w.ed25519_key("log"))
            for source in (vkey, folder + "/log.vkey"):
                code, out, _ = self.run_command("--json", "--vkey", source, folder + "/ledger")
                found = json.loads(out)
                self.assertEqual((code, found["findings"], found["size"]),
                                 (0, [], len(campaign.entries)))
                self.assertEqual(found["tallies"], [campaign.tally(cat) for cat in w.BALLOTS])

    def test_findings_are_sorted(self):
        campaign = ledger_damages.damaged_campaign("due")
        with ledger(campaign.paths()) as folder:
            code, out, _ = self.run_command(folder + "/ledger")
            first, second = (f["index"] for f in campaign.expected)
            self.assertEqual(code, 1)
            self.assertTrue(out.startswith(f"{first} overdue\n{second} overdue\nsize "))
            with open(folder + "/ledger/notes", "w", encoding="utf-8"):
                code, out, _ = self.run_command("--json", folder + "/ledger")
            self.assertEqual((code, json.loads(out)["findings"]),
                             (1, [{"code": "file_unknown", "index": -1}]))

    def test_other_key(self):
        other = w.verifier_key(w.ORIGIN, w.ed25519_key("other"))
        with ledger(w.sample_campaign().paths()) as folder:
            code, out, _ = self.run_command("--vkey", other, folder + "/ledger")
        self.assertEqual((code, out.split("\n")[0]), (1, "-1 checkpoint_key"))

    def test_could_not_check(self):
        good = w.verifier_key(w.ORIGIN, w.ed25519_key("log"))
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_command("--vkey", good, folder)[0], 2)
            self.assertEqual(self.run_command(folder)[0], 2)
            self.assertEqual(self.run_command("--vkey", good[:-1], folder)[0], 2)
            self.assertEqual(self.run_command("--vkey", "x" + good, folder)[0], 2)
            self.assertEqual(self.run_command()[0], 2)
            self.assertEqual(self.run_command("--receipt", folder)[0], 2)

    def test_receipt(self):
        campaign = w.sample_campaign()
        note = campaign.paths()["checkpoint"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "7.tlog-proof")
            vkey = w.verifier_key(w.ORIGIN, w.ed25519_key("log"))
            for data, status in ((w.receipt(campaign.entries, 7, note), 0), (b"x", 1)):
                with open(path, "wb") as file:
                    file.write(data)
                self.assertEqual(self.run_command("--receipt", path, "--vkey", vkey)[0], status)

    def test_progress_only_on_a_terminal(self):
        for terminal, text in ((True, "\r5 of 5 entries\n"), (False, "")):
            stream = io.StringIO()
            stream.isatty = lambda terminal=terminal: terminal
            with contextlib.redirect_stderr(stream):
                recount.show_progress(5, 5)
            self.assertEqual(stream.getvalue(), text)


if __name__ == "__main__":
    unittest.main()
