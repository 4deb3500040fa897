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
START = '{"actor":'
RECORDS = {"bundle": "exportedAt selection", "key": "pem", "chain": "number chain entries open burns byFirstRelease", "item": "place text",
           "text": "digest text", "end": "chains entries records"}
sha = lambda data: hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
canonical = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
digest = lambda domain, value: sha(f"countersign/{domain}\n{canonical(value)}")
when = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
name = lambda d: (d["step"], d["part"], d["attempt"], d.get("wave", 1))
pick = lambda value, fields: [value.get(field) for field in fields.split()]
bad, gone, unsure, untold = (lambda place, text, kind=kind, about=about: (kind, about, place, text) for kind, about in
                             (("problem", "integrity"), ("problem", "completeness"), ("unsure", "integrity"), ("unsure", "completeness")))

def read(text):
    """The entry in a text; None for what is none."""
    try: entry = json.loads(text)
    except (ValueError, RecursionError): return None
    types = dict(format=int, chain=str, sequence=int, entryId=str, at=str, actor=str, event=dict, previous=str, hash=str)
    fits = isinstance(entry, dict) and set(entry) == set(types) and all(isinstance(entry[field], kind) for field, kind in types.items())
    return entry if fits and entry["format"] == 1 and re.fullmatch("[0-9a-f]{128}", entry["previous"] + entry["hash"]) and "kind" in entry["event"] else None

def links(chain, items, entries):
    """Every link; what can be read goes into `entries`, as place, kind, event and entry."""
    previous, expected = "0" * 64, 1
    for place, (stored, text) in enumerate(items, 1):
        if (entry := read(text)) is None: yield bad(place, "is no audit entry")
        else:
            if [entry["chain"], entry["sequence"], stored, entry["previous"]] != [chain, expected, expected, previous]: yield bad(place, "does not follow")
            if digest("audit-entry/v1", {k: v for k, v in entry.items() if k != "hash"}) != entry["hash"]: yield bad(place, "was changed")
            previous = entry["hash"]
            entries.append((entry["sequence"], entry["event"]["kind"], entry["event"], entry))
        expected = stored + 1

def incident_id(subject):
    old = subject["kind"] == "alarm" and subject["round"] == 1
    return "inc-" + (digest("incident/v1", pick(subject, "alarmArn contributorId stateChangedAt")) if old else digest("incident/v2", subject))[:20]

def opened(envelope, key):
    """The vote in a DSSE envelope; a word for what is none of the key's, or cannot be told."""
    if not key: return "foreign"
    try:
        payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), message, ec.ECDSA(hashes.SHA256()))
        vote = json.loads(payload) if kind == b"application/vnd.countersign.vote+json" else "forged"
        return vote if vote == "forged" or {"question", "word", "by", "at", "reason"} <= set(vote) and vote.get("format") == 1 else "foreign"
    except Exception: return "forged"

def approvals(chain, entries, key):
    """Questions, votes, settlements and intents."""
    asked = [(place, e["question"], digest("question/v2", e["question"])) for place, kind, e, _ in entries if kind == "approval_requested" and e.get("question")]
    old = [e["requestDigest"] for _, kind, e, _ in entries if kind == "approval_requested" and not e.get("question")]
    votes = [vote for _, kind, e, _ in entries if kind == "vote_signed" and isinstance(vote := opened(e["envelope"], key), dict)]
    in_time = lambda vote, question: when(question["createdAt"]) <= when(vote["at"]) < when(question["expiresAt"])
    def lacks(votes, named, question, of):
        by = [v["by"] for v in votes if v["word"] == "approve" and v["question"] == of and in_time(v, question) and v["by"]["name"] in question["terms"]["approvers"]]
        names = {one["name"] for one in by if not question["terms"]["secondChannel"] or "iam" in [other["via"] for other in by]}
        return len(names) < question["terms"]["required"] or not {one["name"] for one in named} <= names
    for place, kind, e, _ in entries:
        if kind == "approval_requested":
            for _, q, of in [one for one in asked if one[0] == place]:
                first, many, fields = q["items"][0], len(q["items"]) > 1, "scriptHash level targets dispatch"
                same = [of, *pick(q, "policyDigest expiresAt"), q["terms"]["required"]] == pick(e, "requestDigest policyDigest expiresAt required")
                scripts = {(name(one["dispatch"]), sha(one["script"] or "")) for one in e.get("scripts", [])}
                shown = "scripts" not in e or {(name(one["dispatch"]), one["scriptHash"]) for one in q["items"]} <= scripts
                if not same or not shown or not (many or pick(e, fields) == pick(first, fields)) or not q["incidentId"] == chain == incident_id(q["subject"]):
                    yield bad(place, "is not the question that it says")
        elif kind == "vote_cast": yield unsure(place, "is a vote of the first release")
        elif kind == "vote_signed":
            if (vote := opened(e["envelope"], key)) == "foreign": yield unsure(place, "holds a vote that cannot be verified")
            elif vote == "forged" or pick(vote, "by word question") != pick(e, "by word questionDigest"): yield bad(place, "is not what the key signed")
            elif not any(p < place and of == vote["question"] and in_time(vote, q) for p, q, of in asked): yield bad(place, "votes on nothing asked before")
        elif kind == "approval_settled" and e["decision"] == "approved" or kind == "dispatch_intended" and e["requestDigest"] and e["level"] != "forbidden":
            is_intent, known = kind == "dispatch_intended", [one for one in asked if one[2] == e["requestDigest"] and (kind != "dispatch_intended" or one[0] < place)]
            if not known and is_intent and "votes" not in e and "planDigest" not in e: yield unsure(place, "is an intent of the first release")
            elif not known and (is_intent or e["requestDigest"] not in old): yield bad(place, "names a question that is not here before it")
            elif known:
                item = next((one for one in known[0][1]["items"] if is_intent and name(one["dispatch"]) == name({**e["dispatch"], "wave": 1})), None)
                covers = item and item["scriptHash"] == e["scriptHash"] and LEVELS.index(item["level"]) >= LEVELS.index(e["level"]) and set(e["targets"]) <= set(item["targets"])
                counted = [opened(one, key) for one in e.get("votes", [])] if is_intent else votes
                if is_intent and not covers: yield bad(place, "intends something else than was asked")
                elif not key: yield unsure(place, "cannot be verified without the key")
                elif "forged" in counted or lacks([v for v in counted if v != "foreign"], e["approvedBy" if is_intent else "by"], *known[0][1:]): yield bad(place, "lacks approvals")
        elif kind == "dispatch_intended" and (e["approvedBy"] or e["level"] in LEVELS[2:] or e["level"] != "read_only" and e["standing"] is None): yield bad(place, "was never asked")
    if not votes: yield unsure(None, "nothing in it is signed by the approval key")

def sends(chain, entries, burns, old):
    """Intents, effects and burns against each other."""
    intents = [(place, e, full["entryId"], name(e["dispatch"])) for place, kind, e, full in entries if kind == "dispatch_intended"]
    plans, commands, first = [(place, digest("plan/v1", e)) for place, kind, e, _ in entries if kind == "planned"][:1], {}, {}
    for place, kind, e, _ in [one for one in entries if one[1] in EFFECTS]:
        what, command = name(e["dispatch"]), e.get("commandId")
        if not any(p < place and n == what for p, _, _, n in intents) or command and commands.setdefault(what, command) != command: yield bad(place, "was not intended, or twice")
        first.setdefault(what, place)
    naming = [(place, plans and e["planDigest"] == plans[0][1]) for place, e, _, _ in intents if "planDigest" in e]
    for place in [plans[0][0]] if plans and naming and not any(fits for _, fits in naming) else [p for p, fits in naming if not fits]: yield bad(place, "is another plan")
    if burns is None: yield untold(None, "Dispatches was not given")
    for what, place in first.items() if burns is not None else []:
        by_first = what in map(name, old) and any(n == what and "planDigest" not in e for _, e, _, n in intents)
        if what not in [name(burn["dispatch"]) for burn in burns] and not by_first: yield bad(place, "was never burnt")
    for burn in burns or []:
        said = [one for one in intents if one[2] == burn["intent"]] or [one for one in intents if one[3] == name(burn["dispatch"])]
        facts = lambda of, question: [name(of["dispatch"]), sorted(of["targets"]), *pick(of, "level scriptHash standing planDigest parametersDigest " + question)]
        if not said: yield gone(next((p for p, _, _, full in entries if full["at"] > burn["at"]), len(entries) + 1), "is missing: it was burnt")
        elif said[0][2] != burn["intent"] or burn["incidentId"] != chain or facts(said[0][1], "requestDigest") != facts(burn, "questionDigest"): yield bad(said[0][0], "was not burnt so")

def ending(entries, section, recovery):
    """The closing entry and what follows it."""
    end, key = next((n for n, one in enumerate(entries) if one[1] == "incident_closed"), len(entries)), lambda k, e: (k, canonical({**e, "late": 0}) if k == "people_told" else name(e["dispatch"]))
    yield from (bad(place, "is marked late, and nothing was closed") for place, _, e, _ in entries[:end] if e.get("late") is True)
    said = {key(kind, e) for _, kind, e, _ in entries[:end] if kind in LATE - {"dispatch_refused"}}
    burnt = [name(one["dispatch"]) for one in section["burns"] or []] + [name(one) for one in section["byFirstRelease"]]
    gates = [name(e["dispatch"]) for _, kind, e, _ in entries[:end] if kind == "gate_decided" and e["dispatch"]]
    for place, kind, e, _ in entries[end + 1:]:
        strange = kind in LATE - {"people_told"} and name(e["dispatch"]) not in (gates if kind == "dispatch_refused" else burnt) and (kind == "dispatch_refused" or section["burns"] is not None)
        if e.get("late") is not True or kind in KINDS and (kind not in LATE or key(kind, e) in said or strange): yield bad(place, "may not follow the closing entry")
        if kind in LATE: said.add(key(kind, e))
    if end == len(entries) and section["items"]:
        foreign = recovery and any(e.get("mustKnow") is True for _, _, e, _ in entries)
        yield untold(None, "whether its end is here") if section["open"] is not False or foreign else gone(len(section["items"]) + 1, "is missing: the end was cut off")

def examine(section, recovery, key):
    chain, entries, rest = section["chain"], [], []
    broken, strange = list(links(chain, section["items"], entries)), [bad(1, "lies beside a whole chain")] if recovery else []
    yield from broken + [unsure(place, "is of a kind that is not known") for place, kind, _, _ in entries if kind not in KINDS]
    if not section["items"]: yield untold(None, "there are no entries")
    recover = lambda some: [bad(place, "does not belong into a recovery") for place, kind, _, _ in some if kind in KINDS - LATE - {"incident_closed"}]
    if not re.fullmatch("inc-[0-9a-f]{20}", chain): yield from recover(entries) if chain.endswith("#recovery") else [untold(None, "it never ends")]; return
    yield from (bad(place if n else 1, "does not open it, or again") for n, (place, kind, _, _) in enumerate(entries) if (n == 0) != (kind == "incident_opened"))
    for place, _, e, _ in [one for one in entries[:1] if one[1] == "incident_opened"]:
        subject, alarm = e.get("subject") or {**e, "kind": "alarm", "round": 1}, "alarmArn contributorId stateChangedAt"
        if incident_id(subject) != chain or subject["kind"] == "alarm" and pick(subject, alarm) != pick(e, alarm): yield bad(1, "opens another incident")
    ends = list(ending(entries, section, recovery))
    yield from [*approvals(chain, entries, key), *sends(chain, entries, section["burns"], section["byFirstRelease"]), *ends]
    disbelieved = broken or any(kind not in KINDS and e.get("mustKnow") is True for _, kind, e, _ in entries) or any("marked late" in one[3] for one in ends)
    if recovery: yield from [*links(chain + "#recovery", recovery, rest), *recover(rest), *([] if disbelieved else strange), unsure(None, "a recovery says that it is broken")]

def findings(path, pem=None):
    """What is wrong or cannot be told: kind, about, place or line, text, chain or None; in the order of the bundle."""
    lines, load = open(path, "rb").read().decode(errors="replace").split("\n"), lambda text: serialization.load_pem_public_key(text.encode())
    key, records, sections, header, end = pem and load(pem), hashlib.sha256(), [], None, None
    lines = lines[:-1] if lines[-1] == "" else lines
    for number, line in enumerate(lines, 1):
        here, in_chain = lambda finding: (*finding[:2], number, finding[3], None), bool(sections)
        try: record = json.loads(line) if not (in_chain and line.startswith(START)) else None
        except (ValueError, RecursionError): record = None
        kind = record.get("record") if isinstance(record, dict) and isinstance(record.get("record"), str) else None
        fits = kind in RECORDS and set(RECORDS[kind].split()) <= set(record)
        if end: yield here(bad(0, "lies behind the end")); continue
        if number == 1 and (not fits or kind != "bundle" or record.get("version") != 1): yield here(unsure(0, "is no bundle of version 1")); return
        if number == len(lines) and number > 1 and (read(line) is None if in_chain and line.startswith(START) else kind is None): break
        if in_chain and (kind is None or kind == "item" and fits):
            into, place = sections[-1]["items"], re.search(r',"sequence":([1-9]\d*)}$', line)
            into.append((record["place"], record["text"]) if kind else (int(place[1]) if place else len(into) + 1, line))
        elif number > 1 and (not fits or kind in ("bundle", "item")): yield here(bad(0, "is no such record") if kind in RECORDS or kind is None else unsure(0, "is a record that is not known"))
        elif kind == "bundle": header = record["selection"]
        elif kind == "key" and key and load(record["pem"]).public_numbers() != key.public_numbers(): yield here(bad(0, "holds a foreign key"))
        elif kind == "key": key = load(record["pem"])
        elif kind == "text" and sha(record["text"]) != record["digest"]: yield here(bad(0, "holds a text that has not its digest"))
        elif kind == "chain": sections.append({**record, "items": []})
        elif kind == "end": end = record
        if kind != "end" and not (in_chain and line.startswith(START)): records.update(line.encode() + b"\n")
    seen = set()
    for n, section in enumerate(sections):
        chain, entries = section["chain"], section["items"]
        behind, before = sections[n + 1:n + 2], [one["chain"] + "#recovery" for one in sections[max(0, n - 1):n]]
        recovery = behind[0]["items"] if behind and behind[0]["chain"] == chain + "#recovery" else []
        try: found = list(examine(section, recovery, key)) if chain not in before else []
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error: found = [unsure(None, f"cannot be read: {error!r}")]
        if chain.removesuffix("#recovery" if chain in before else "") != header.get("incident", chain.removesuffix("#recovery" if chain in before else "")): found.append(bad(1, "is of another incident"))
        if chain.endswith("#recovery") and chain not in before: found.append(gone(1, "is a recovery of what is not here"))
        if section["number"] != (sections[n - 1]["number"] if n else 0) + 1: found.append(gone(1, "is not the next chain: one is missing"))
        if chain in seen: found.append(bad(1, "is in the bundle twice"))
        if len(entries) != section["entries"]: found.append(gone(len(entries) + 1, "is missing") if len(entries) < section["entries"] else bad(section["entries"] + 1, "is not counted"))
        seen.add(chain)
        cut = [untold(None, "the bundle is cut here") if not end and n == len(sections) - 1 and one[:2] == ("problem", "completeness") else one for one in found]
        yield from ((*one, chain) for one in sorted(cut, key=lambda one: one[2] or 1e18))
    if not end: yield (*untold(len(lines), "the bundle is cut: it has no end"), None); return
    if [end["chains"], end["entries"]] != [sections[-1]["number"] if sections else 0, sum(len(one["items"]) for one in sections)]: yield (*gone(len(lines), "counts otherwise"), None)
    if end["records"] != records.hexdigest(): yield (*bad(len(lines), "is not the end of these records"), None)
    if "incident" in header and header["incident"] not in seen: yield (*gone(1, "is missing: the whole chain"), header["incident"])
    if "since" in header: yield (*untold(len(lines), "whether a whole chain is missing"), None)

def verdict(path, pem=None):
    found = list(findings(path, pem))
    of = lambda some, good: "broken" if any(one[0] == "problem" for one in some) else "cannot_tell" if some else good
    halves = {about: of([one for one in found if one[1] == about], "whole") for about in ("integrity", "completeness")}
    problems = sorted([one for one in found if one[0] == "problem"], key=lambda one: one[4] is None)
    return {"verdict": of(found, "clean"), **halves, "firstBad": problems[0][4:1:-1] if problems else None, "found": found}

if __name__ == "__main__":
    answer = verdict(sys.argv[1], open(sys.argv[2]).read() if len(sys.argv) > 2 else None)
    for kind, about, place, text, chain in answer["found"]: print("✗" if kind == "problem" else "?", f"{about}: {chain or 'the bundle, line'} {place or ''}: {text}")
    print(f"{answer['verdict']}: integrity {answer['integrity']}, completeness {answer['completeness']}")
    sys.exit({"clean": 0, "broken": 1, "cannot_tell": 2}[answer["verdict"]])
