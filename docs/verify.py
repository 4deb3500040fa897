"""Verifies a bundle of `countersign audit export`: python3 verify.py BUNDLE [KEY.pem]; exit 0 clean, 1 broken, 2 cannot tell.
Needs `cryptography`. It says what `countersign audit verify --bundle` says, and shares no line of code with it."""
import base64, hashlib, json, re, sys
from datetime import datetime
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
LATE = {"people_told", "command_sent", "command_finished", "dispatch_refused"}
EFFECTS = {"command_sent", "command_finished", "step_confirmed"}
LEVELS = ["read_only", "modifying", "destructive", "forbidden"]
KINDS = LATE | EFFECTS | set("""incident_opened alarm_joined envelope_refused planned gate_decided approval_requested approval_delivered
approval_undeliverable approval_superseded vote_cast vote_signed vote_refused acknowledged approval_settled dispatch_intended incident_closed
after_closing""".split())
RECORDS = {"bundle": "exportedAt selection", "key": "pem", "chain": "number chain entries open burns byFirstRelease", "item": "place text",
           "text": "digest text", "end": "chains entries records"}
sha = lambda data: hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
canonical = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
digest = lambda domain, value: sha(f"countersign/{domain}\n{canonical(value)}")
when = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
name = lambda d: (d["step"], d["part"], d["attempt"], d.get("wave", 1))
pick = lambda value, fields: [value.get(field) for field in fields.split()]
bad, gone = (lambda place, text: ("problem", "integrity", place, text)), (lambda place, text: ("problem", "completeness", place, text))
unsure, untold = (lambda place, text: ("unsure", "integrity", place, text)), (lambda text: ("unsure", "completeness", None, text))

def read(text):
    """The entry in a text; None for what is none."""
    try: entry = json.loads(text)
    except (ValueError, RecursionError): return None
    types = dict(format=int, chain=str, sequence=int, entryId=str, at=str, actor=str, event=dict, previous=str, hash=str)
    if not isinstance(entry, dict) or set(entry) != set(types) or not all(isinstance(entry[f], t) for f, t in types.items()): return None
    fits = all(re.fullmatch("[0-9a-f]{64}", entry[f]) for f in ("previous", "hash")) and entry["format"] == 1 and entry["sequence"] > 0
    return entry if fits and isinstance(entry["event"].get("kind"), str) else None

def links(chain, items, entries):
    """Every link; what can be read goes into `entries`."""
    previous, expected = "0" * 64, 1
    for place, (stored, text) in enumerate(items, 1):
        entry = read(text)
        if entry is None: yield bad(place, "is no audit entry")
        else:
            if entry["chain"] != chain: yield bad(place, "belongs to another chain")
            if entry["sequence"] != expected or stored != expected or entry["previous"] != previous: yield bad(place, "does not follow")
            if digest("audit-entry/v1", {f: v for f, v in entry.items() if f != "hash"}) != entry["hash"]: yield bad(place, "was changed")
            previous = entry["hash"]
            entries.append((entry["sequence"], entry["event"]["kind"], entry["event"], entry))
        expected = stored + 1

def opened(envelope, key):
    """The vote in a DSSE envelope; a word for what is none of the key's, or none that we know."""
    try:
        body, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
        message = b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(body), body)
        if kind != "application/vnd.countersign.vote+json": return "forged"
        key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), message, ec.ECDSA(hashes.SHA256()))
        vote = json.loads(body)
        return vote if vote["format"] == 1 and {"question", "word", "by", "at", "reason"} <= set(vote) else "foreign"
    except Exception: return "forged"

def approvals(chain, entries, key):
    asked = [(p, e["question"], digest("question/v2", e["question"])) for p, k, e, _ in entries
             if k == "approval_requested" and (e.get("question") or {}).get("format") == 2]
    votes = [v for _, k, e, _ in entries if key and k == "vote_signed" for v in [opened(e["envelope"], key)] if isinstance(v, dict)]
    on_time = lambda vote, q: when(q["createdAt"]) <= when(vote["at"]) < when(q["expiresAt"])
    def shortage(votes, question, asked_digest, named):
        terms = question["terms"]
        good = [v["by"] for v in votes if v["word"] == "approve" and v["question"] == asked_digest and on_time(v, question) and v["by"]["name"] in terms["approvers"]]
        names = {by["name"] for by in good} if not terms["secondChannel"] or any(by["via"] == "iam" for by in good) else set()
        return len(names) < terms["required"] or any(by["name"] not in names for by in named)
    old = [e["requestDigest"] for _, k, e, _ in entries if k == "approval_requested" and not e.get("question")]
    for place, kind, e, _ in entries:
        if kind == "approval_requested":
            for _, q, d in [one for one in asked if one[0] == place]:
                items, said = q["items"], "policyDigest expiresAt"
                same = pick(e, said) == pick(q, said) and e.get("required") == q["terms"]["required"] and d == e["requestDigest"]
                same = same and (len(items) > 1 or pick(e, "scriptHash level targets dispatch") == pick(items[0], "scriptHash level targets dispatch"))
                shown = all("scripts" not in e or any(name(s["dispatch"]) == name(i["dispatch"]) and sha(s["script"] or "") == i["scriptHash"] for s in e["scripts"]) for i in items)
                if not (same and shown and q["incidentId"] == chain == incident_id(q["subject"])): yield bad(place, "is not the question that it says")
        elif kind == "vote_cast": yield unsure(place, "a vote of the first release")
        elif kind == "vote_signed":
            vote = opened(e["envelope"], key) if key else "foreign"
            if vote == "forged": yield bad(place, "holds a vote that the key did not sign")
            elif vote == "foreign": yield unsure(place, "holds a vote that cannot be verified")
            elif [vote["by"], vote["word"], vote["question"]] != pick(e, "by word questionDigest"): yield bad(place, "says another vote than was signed")
            elif not any(p < place and d == vote["question"] and on_time(vote, q) for p, q, d in asked): yield bad(place, "votes on nothing that was asked, in time")
        elif kind == "approval_settled" and e["decision"] == "approved":
            known = [one for one in asked if one[2] == e["requestDigest"]]
            if not known and e["requestDigest"] not in old: yield bad(place, "names a question that is not here")
            elif known and not key: yield unsure(place, "no key")
            elif known and shortage(votes, *known[0][1:], e["by"]): yield bad(place, "lacks genuine approvals")
        elif kind == "dispatch_intended":
            wanted, level = e["requestDigest"], e["level"]
            known = [one for one in asked if one[2] == wanted and one[0] < place]
            if level == "forbidden": yield bad(place, "intends what is forbidden")
            elif wanted is None:
                if e["approvedBy"] or level == "destructive" or (level != "read_only" and e["standing"] is None): yield bad(place, "was asked of nobody")
            elif "votes" not in e and "planDigest" not in e: yield unsure(place, "an approval of the first release")
            elif not known: yield bad(place, "names a question that is not here before it")
            else:
                item = [i for i in known[0][1]["items"] if name(i["dispatch"]) == name({**e["dispatch"], "wave": 1})]
                if not item or item[0]["scriptHash"] != e["scriptHash"] or LEVELS.index(item[0]["level"]) < LEVELS.index(level) or not set(e["targets"]) <= set(item[0]["targets"]): yield bad(place, "was not asked so")
                elif not key: yield unsure(place, "no key")
                else:
                    counted = [opened(v, key) for v in e.get("votes", [])]
                    if "forged" in counted or shortage([v for v in counted if isinstance(v, dict)], *known[0][1:], e["approvedBy"]): yield bad(place, "lacks genuine approvals")
    if not votes: yield unsure(None, "nothing in it is signed by the approval key")

def incident_id(s):
    first = s["kind"] == "alarm" and s["round"] == 1
    return "inc-" + (digest("incident/v1", pick(s, "alarmArn contributorId stateChangedAt")) if first else digest("incident/v2", s))[:20]

def sends(chain, entries, burns, old):
    intents = [(p, e, full["entryId"]) for p, k, e, full in entries if k == "dispatch_intended"]
    ids, first, planned = {}, {}, next(((p, e) for p, k, e, _ in entries if k == "planned"), None)
    for place, kind, e, _ in [one for one in entries if one[1] in EFFECTS]:
        what = name(e["dispatch"])
        if not any(p < place and name(i["dispatch"]) == what for p, i, _ in intents): yield bad(place, "has no intent before it")
        if kind == "command_sent" and e["commandId"] and ids.setdefault(what, e["commandId"]) != e["commandId"]: yield bad(place, "says another command id")
        first.setdefault(what, place)
    naming = [p for p, e, _ in intents if "planDigest" in e]
    wrong = [p for p, e, _ in intents if "planDigest" in e and (not planned or e["planDigest"] != digest("plan/v1", planned[1]))]
    for place in [planned[0]] if planned and wrong and wrong == naming else wrong: yield bad(place, "is not the plan that the intents name")
    if burns is None: yield untold("Dispatches was not given")
    for what, place in first.items() if burns is not None else []:
        is_old = what in map(name, old) and any(name(i["dispatch"]) == what and "planDigest" not in i for _, i, _ in intents)
        if what not in [name(b["dispatch"]) for b in burns] and not is_old: yield bad(place, "was never burnt")
    for burn in burns or []:
        said = [one for one in intents if one[2] == burn["intent"]] or [one for one in intents if name(one[1]["dispatch"]) == name(burn["dispatch"])]
        if not said: yield gone(next((p for p, _, _, full in entries if full["at"] > burn["at"]), len(entries) + 1), "is missing: it was burnt")
        elif said[0][2] != burn["intent"] or burn["incidentId"] != chain or name(said[0][1]["dispatch"]) != name(burn["dispatch"]) \
            or sorted(said[0][1]["targets"]) != sorted(burn["targets"]) or pick(said[0][1], "level scriptHash standing requestDigest planDigest parametersDigest") \
            != pick(burn, "level scriptHash standing questionDigest planDigest parametersDigest"): yield bad(said[0][0], "is not what was burnt")

def ending(entries, length, burns, old, is_open, recovered):
    end = next((n for n, one in enumerate(entries) if one[1] == "incident_closed"), None)
    before, key = entries[:end], lambda k, e: (k, canonical({**e, "late": 1}) if k == "people_told" else name(e["dispatch"]))
    for place, _, e, _ in before:
        if e.get("late") is True: yield bad(place, "is marked late, and nothing was closed")
    said = {key(k, e) for _, k, e, _ in before if k in LATE - {"dispatch_refused"}}
    for place, kind, e, _ in entries[end + 1:] if end is not None else []:
        burnt, gates = [name(b["dispatch"]) for b in burns or []] + [name(d) for d in old], [name(x["dispatch"]) for _, k, x, _ in before if k == "gate_decided" and x["dispatch"]]
        known = kind not in LATE - {"people_told"} or (name(e["dispatch"]) in gates if kind == "dispatch_refused" else burns is None or name(e["dispatch"]) in burnt)
        if e.get("late") is not True or (kind in KINDS and (kind not in LATE or key(kind, e) in said or not known)): yield bad(place, "may not follow the closing entry")
        if kind in LATE: said.add(key(kind, e))
    if end is None and length:
        foreign = recovered and any(e.get("mustKnow") is True for _, _, e, _ in entries)
        yield untold("whether the end is here") if is_open is not False or foreign else gone(length + 1, "is missing: the end was cut off")

def examine(section, items, recovery, key):
    chain, burns, old, entries, rest = section["chain"], section["burns"], section["byFirstRelease"], [], []
    broken = list(links(chain, items, entries))
    unknown = [(p, e) for p, k, e, _ in entries if k not in KINDS]
    yield from broken + [unsure(p, "is of a kind, or says what, is not known") for p, _ in unknown] + ([] if items else [untold("there are no entries")])
    strange = lambda some: [bad(p, "does not belong into a recovery") for p, k, _, _ in some if k in KINDS and k not in LATE | {"incident_closed"}]
    if not re.fullmatch("inc-[0-9a-f]{20}", chain): yield from strange(entries) if chain.endswith("#recovery") else [untold("a day's chain never ends")]; return
    for n, (place, kind, _, _) in enumerate(entries):
        if (n == 0) != (kind == "incident_opened"): yield bad(place if n else 1, "opens nothing, or again")
    if entries and entries[0][1] == "incident_opened":
        e = entries[0][2]
        subject = e.get("subject") or {"kind": "alarm", "round": 1, **e}
        if incident_id(subject) != chain or (subject["kind"] == "alarm" and pick(subject, "alarmArn contributorId stateChangedAt") != pick(e, "alarmArn contributorId stateChangedAt")): yield bad(1, "opens another incident")
    yield from [*approvals(chain, entries, key), *sends(chain, entries, burns, old), *ending(entries, len(items), burns, old, section["open"], bool(recovery))]
    if recovery:
        yield from [*links(chain + "#recovery", recovery, rest), *strange(rest), unsure(None, "a recovery says that this chain was broken")]
        end = next((n for n, one in enumerate(entries) if one[1] == "incident_closed"), len(entries))
        if not broken and not any(e.get("mustKnow") is True for _, e in unknown) and not any(one[2].get("late") is True for one in entries[:end]): yield bad(1, "a recovery beside a whole chain")

def findings(path, given=None):
    """What is wrong or cannot be told, as (kind, about, chain, place or line, text), in the order of the bundle."""
    load = lambda pem: serialization.load_pem_public_key(pem.encode())
    records, seen, counts, key, now, selection, state, line = hashlib.sha256(), set(), [0, 0], given and load(given), None, {}, "begin", 0
    of = lambda chain, some: ((kind, about, chain, place, text) for kind, about, place, text in sorted(some, key=lambda f: f[2] or 1e18))
    def close(cut=False):
        if not now: return
        for chain, section, items, some in [(now["chain"], now, now["items"], None)] + [(r["chain"], r, r["items"], []) for r in now["rest"]]:
            try: some = list(examine(now, items, (now["rest"] or [{"items": []}])[0]["items"], key)) if some is None else some
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error: some = [unsure(None, f"cannot be read: {error!r}")]
            if len(items) < section["entries"]: some.append(gone(len(items) + 1, "is missing: the bundle counts more entries"))
            if len(items) > section["entries"]: some.append(bad(section["entries"] + 1, "is one more than the bundle counts"))
            soft = cut and not (section is now and now["rest"])
            yield from of(chain, [untold("the bundle is cut here") if soft and f[:2] == ("problem", "completeness") else f for f in some])
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        text = file.readline()
        while text:
            text, after, line = text.removesuffix("\n"), file.readline(), line + 1
            try: record = json.loads(text) if not (now and text.startswith('{"actor":')) else None
            except (ValueError, RecursionError): record = None
            kind = record.get("record") if isinstance(record, dict) else None
            fits = kind in RECORDS and set(RECORDS[kind].split()) <= set(record)
            is_entry = text.startswith('{"actor":') and now
            if state == "open" and not after and (read(text) is None if is_entry else not isinstance(kind, str)): break
            here, now_rest = lambda f: (f[0], f[1], None, line, f[3]), now and now["rest"]
            if state == "ended": yield here(bad(0, "lies behind the end"))
            elif state == "begin":
                if kind != "bundle" or record.get("version") != 1: yield here(unsure(0, "is no bundle of version 1")); return
                state, selection = "open", record["selection"]
            elif (is_entry or not isinstance(kind, str) or (kind == "item" and fits)) and now:
                into = now_rest[0]["items"] if now_rest else now["items"]
                match = re.search(r',"sequence":([1-9][0-9]*)\}$', text)
                into.append((record["place"], record["text"]) if kind == "item" else (int(match[1]) if match else len(into) + 1, text))
                counts[1] += 1
            elif not fits or kind in ("bundle", "item"): yield here(bad(0, "is no such record") if kind in RECORDS or not kind else unsure(0, "is a record that is not known"))
            elif kind == "key":
                if key and load(record["pem"]).public_numbers() != key.public_numbers(): yield here(bad(0, "holds a foreign key"))
                key = key or load(record["pem"])
            elif kind == "text" and sha(record["text"]) != record["digest"]: yield here(bad(0, "holds a text without its digest"))
            elif kind == "chain":
                chain = record["chain"]
                if now and not now_rest and chain == now["chain"] + "#recovery": now["rest"].append({**record, "items": []})
                else:
                    yield from close()
                    now = {**record, "items": [], "rest": []}
                    if chain != selection.get("incident", chain): yield from of(chain, [bad(1, "is of another incident")])
                    if chain.endswith("#recovery"): yield from of(chain, [gone(1, "is a recovery of what is not here")])
                if record["number"] != counts[0] + 1: yield from of(chain, [gone(1, "is not the next chain: one is missing")])
                if chain in seen: yield from of(chain, [bad(1, "is in the bundle twice")])
                counts[0] = record["number"]
                seen.add(chain)
            elif kind == "end":
                yield from close()
                now, state = None, "ended"
                if [record["chains"], record["entries"]] != counts: yield here(gone(0, "counts otherwise"))
                if record["records"] != records.hexdigest(): yield here(bad(0, "is not the end of these records"))
                if selection.get("incident", next(iter(seen), None)) not in seen: yield from of(selection["incident"], [gone(1, "is missing: the whole chain")])
                if "since" in selection: yield here(untold("whether a whole chain is missing"))
            if kind != "end" and not is_entry: records.update((text + "\n").encode())
            text = after
    if state == "open": yield from [*close(True), ("unsure", "completeness", None, line, "the bundle is cut")]
    if state == "begin": yield ("unsure", "integrity", None, line, "is no bundle")

def verdict(path, given=None):
    """`clean`, `broken` or `cannot_tell`, as a whole and of integrity and completeness; and the first bad (chain, place or line, text)."""
    found = list(findings(path, given))
    of = lambda some, good: "broken" if any(f[0] == "problem" for f in some) else "cannot_tell" if some else good
    problems = [f[2:] for f in found if f[0] == "problem"]
    halves = {about: of([f for f in found if f[1] == about], "whole") for about in ("integrity", "completeness")}
    return {"verdict": of(found, "clean"), **halves, "firstBad": next((p for p in problems if p[0]), problems[0] if problems else None), "found": found}

if __name__ == "__main__":
    answer = verdict(sys.argv[1], open(sys.argv[2]).read() if len(sys.argv) > 2 else None)
    for kind, about, chain, place, text in answer["found"]: print("✗" if kind == "problem" else "?", f"{about}: {chain or 'the bundle'}, {place}: {text}")
    print(f"{answer['verdict']}: integrity {answer['integrity']}, completeness {answer['completeness']}")
    sys.exit({"clean": 0, "broken": 1, "cannot_tell": 2}[answer["verdict"]])
