"""Verifies a bundle of `countersign audit export`: python3 verify.py BUNDLE [KEY.pem [CHECKPOINT-KEY.pem]]; exit 0 clean, 1 broken, 2 cannot tell.
Needs `cryptography`. It says what `countersign audit verify --bundle` says, and shares no line of code with it."""
import base64, datetime, hashlib, json, re, sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
LATE, EFFECTS = {"people_told", "command_sent", "command_finished", "dispatch_refused"}, {"command_sent", "command_finished", "step_confirmed"}
KINDS = LATE | EFFECTS | set("""incident_opened alarm_joined envelope_refused planned gate_decided approval_requested approval_delivered vote_cast
    approval_undeliverable approval_superseded approval_escalated approval_withdrawn vote_signed vote_refused acknowledged approval_settled dispatch_intended incident_closed after_closing""".split())
LEVELS, START, ALARM = ["read_only", "modifying", "destructive", "forbidden"], '{"actor":', "alarmArn contributorId stateChangedAt"
YES = dict(approve=["approve"], plan=["approve"], manual=["approve", "confirm"])  # Which words approve a question of which kind; `revoke` takes that back.
RECORDS = dict(bundle="selection exportedAt", key="pem", chain="number chain entries open burns byFirstRelease", item="place text", text="digest text", checkpoint_key="pem", checkpoint="envelope leaves", archived="place text", end="chains entries records")
sha, canonical = lambda text: hashlib.sha256(text.encode()).hexdigest(), lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
digest = lambda domain, value: sha(f"countersign/{domain}\n{canonical(value)}")
when, load = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")), lambda pem: serialization.load_pem_public_key(pem.encode())
name, pick = lambda of: (of["step"], of["part"], of["attempt"], of.get("wave", 1)), lambda value, fields: [value.get(field) for field in fields.split()]
bad, gone, unsure, untold = (lambda place, text, kind=kind, about=about: (kind, about, place, text) for kind in ("problem", "unsure") for about in ("integrity", "completeness"))
def read(text):  # The entry in a text; None for what is none.
    try: entry, _ = (value := json.loads(text)), canonical(value).encode()
    except (ValueError, RecursionError): return None
    types = dict(format=int, chain=str, sequence=int, entryId=str, at=str, actor=str, event=dict, previous=str, hash=str)
    if not isinstance(entry, dict) or set(entry) != set(types) or not all(isinstance(entry[field], kind) for field, kind in types.items()): return None
    return entry if entry["format"] == 1 and re.fullmatch("[0-9a-f]{128}", entry["previous"] + entry["hash"]) and "kind" in entry["event"] else None
def links(chain, items, entries):  # Every link; what can be read goes into `entries`, as place, kind, event and entry.
    previous, expected = "0" * 64, 1
    for place, (stored, text) in enumerate(items, 1):
        if (entry := read(text)) is None: yield bad(place, "is no audit entry")
        elif digest("audit-entry/v1", {k: v for k, v in entry.items() if k != "hash"}) != entry["hash"]: yield bad(place, "was changed")
        elif [entry["chain"], entry["sequence"], stored, entry["previous"]] != [chain, expected, expected, previous]: yield bad(place, "does not follow")
        if entry: previous, _ = entry["hash"], entries.append((entry["sequence"], entry["event"]["kind"], entry["event"], entry))
        expected = stored + 1
def incident_id(subject):
    return "inc-" + (digest("incident/v1", pick(subject, ALARM)) if [subject["kind"], subject.get("round"), subject.get("runbook")] == ["alarm", 1, None] else digest("incident/v2", subject))[:20]
def signed(envelope, key):  # The payload of a DSSE envelope; raises where the key did not sign it.
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    if key: key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload), ec.ECDSA(hashes.SHA256()))
    return payload
def opened(envelope, key):  # The vote in a DSSE envelope; a word for what is none of the key's, or cannot be told.
    try:
        vote, fields = json.loads(signed(envelope, key)), {"question", "word", "by", "at", "reason"}
        return "forged" if envelope["payloadType"] != "application/vnd.countersign.vote+json" else vote if key and fields <= set(vote) and vote.get("format") == 1 else "foreign"
    except Exception: return "forged"
def root(leaves):  # Of the Merkle tree of RFC 9162, section 2.1, over hashed leaves
    if len(leaves) < 2: return leaves[0] if leaves else hashlib.sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:left]) + root(leaves[left:])).digest()
class Checkpoints:  # What was signed of the heads of chains; each checkpoint names the one before it.
    def __init__(self): self.heads, self.count, self.first, self.last, self.digest = {}, 0, None, None, "0" * 64
    def take(self, line, record, key):
        self.count += 1
        if not key: return [unsure(line, "is a checkpoint, and there is no key for it")]
        try: it = json.loads(payload := signed(record["envelope"], key)) if record["envelope"]["payloadType"] == "application/vnd.countersign.checkpoint+json" else None
        except Exception: it = None
        if not it: return [bad(line, "is no checkpoint that the key has signed")]
        if it.get("format") != 1: return [unsure(line, "is a checkpoint of a form that is not known")]
        tree = root([hashlib.sha256(b"\0" + canonical(leaf).encode()).digest() for leaf in record["leaves"]])
        if [len(record["leaves"]), tree.hex()] != [it["size"], it["root"]]: return [bad(line, "holds other leaves than it has signed")]
        before, digest = self.last["number"] if self.last else it["number"] - 1, self.digest if self.last or it["number"] == 1 else it["previous"].strip("0") and it["previous"]
        self.first, self.last, self.digest = self.first or it, it, hashlib.sha256(payload).hexdigest()
        for leaf in record["leaves"]: self.heads.setdefault(leaf["chain"], []).append((leaf["length"], leaf["hash"]))
        if it["number"] > before + 1: return [gone(line, "does not follow: checkpoints are missing")]
        return [] if [it["number"], it["previous"]] == [before + 1, digest] else [bad(line, "does not follow the checkpoint before it")]
    def through(self, header): return bool(self.last and "until" in header and "through" in self.last) and when(self.last["through"]) >= when(header["until"]) + datetime.timedelta(minutes=1)
    def end(self, header, given):  # Of the bundle as a whole
        if given and not self.count: yield unsure(None, "there are no checkpoints")
        elif "since" in header and (not self.first or when(self.first["at"]) >= when(header["since"]) or not self.through(header)): yield untold(None, "whether a whole chain is missing")
    def anchored(self, chain, items, archived):  # A chain against checkpoints and archive
        whole, heads = 0, sorted(self.heads.get(chain, []), key=lambda head: head[0])
        for length, of in heads:
            if length > len(items): yield gone(len(items) + 1, "is missing: a checkpoint has signed more"); break
            if (read(items[length - 1][1]) or {}).get("hash") != of: yield bad(whole + 1, "or one behind it is not what a checkpoint has signed"); break
            whole = length
        yield from (gone(place, "is missing: the archive has it") if place > len(items) else bad(place, "is not what the archive has") for place, _ in archived)
        if (self.count or archived) and len(items) > max([0] + [length for length, _ in heads]): yield unsure(None, "its last entries are in no checkpoint yet")
def approvals(chain, entries, key, anchored, burns):  # Questions, votes, settlements and intents.
    asked = [(place, e["question"], digest("question/v2", e["question"])) for place, kind, e, _ in entries if kind == "approval_requested" and e.get("question")]
    old = [e["requestDigest"] for _, kind, e, _ in entries if kind == "approval_requested" and not e.get("question")]
    votes = [(place, vote) for place, kind, e, _ in entries if kind == "vote_signed" and isinstance(vote := opened(e["envelope"], key), dict)]
    is_back, in_time = lambda vote, question: vote["word"] == "revoke" and question["kind"] in YES, lambda vote, question: when(question["createdAt"]) <= when(vote["at"]) and (when(vote["at"]) < when(question["expiresAt"]) or is_back(vote, question))
    def lacks(votes, named, question, of):
        about = [v for v in votes if isinstance(v, dict) and v["question"] == of]
        back = lambda vote: any(is_back(v, question) and v["by"]["name"] == vote["by"]["name"] and when(v["at"]) >= when(vote["at"]) for v in about)
        by = [v["by"] for v in about if v["word"] in YES.get(question["kind"], []) and in_time(v, question) and v["by"]["name"] in question["terms"]["approvers"] and not back(v)]
        names = {one["name"] for one in by if not question["terms"]["secondChannel"] or "iam" in [other["via"] for other in by]}
        return "forged" in votes or len(names) < question["terms"]["required"] or not {one["name"] for one in named} <= names
    for place, kind, e, full in entries:
        known, intent = [one for one in asked if one[2] == e.get("requestDigest") and (kind != "dispatch_intended" or one[0] < place)], kind == "dispatch_intended"
        for _, q, of in [one for one in asked if one[1] is e.get("question")]:
            one_item = len(q["items"]) > 1 or pick(e, "scriptHash level targets dispatch") == pick(q["items"][0], "scriptHash level targets dispatch")
            same = one_item and [of, *pick(q, "policyDigest expiresAt"), q["terms"]["required"]] == pick(e, "requestDigest policyDigest expiresAt required")
            shown = "scripts" not in e or {(name(i["dispatch"]), i["scriptHash"]) for i in q["items"]} <= {(name(one["dispatch"]), sha(one["script"] or "")) for one in e["scripts"]}
            if not (same and shown and q["incidentId"] == chain == incident_id(q["subject"])): yield bad(place, "is not the question that it says")
        if kind == "vote_cast" or intent and not known and e["requestDigest"] and "votes" not in e and "planDigest" not in e: yield unsure(place, "is of the first release")
        elif kind == "vote_signed":
            if (vote := opened(e["envelope"], key)) == "foreign": yield unsure(place, "holds a vote that cannot be verified")
            elif vote == "forged" or pick(vote, "by word question") != pick(e, "by word questionDigest") or not any(p < place and of == vote["question"] and in_time(vote, q) for p, q, of in asked): yield bad(place, "is not what was signed, or asked")
        elif intent and (e["level"] == "forbidden" or not e["requestDigest"]):
            if e["approvedBy"] or e["level"] in LEVELS[2:] or e["level"] != "read_only" and e["standing"] is None: yield bad(place, "was never asked")
        elif intent or kind == "approval_settled" and e["decision"] == "approved":
            item = next((one for _, q, _ in known[:1] for one in q["items"] if intent and name(one["dispatch"]) == name({**e["dispatch"], "wave": 1})), None)
            covers = item and item["scriptHash"] == e["scriptHash"] and LEVELS.index(item["level"]) >= LEVELS.index(e["level"]) and set(e["targets"]) <= set(item["targets"])
            if intent and not covers or not known and e["requestDigest"] not in old: yield bad(place, "is not what was asked before it")
            elif known and not key: yield unsure(place, "cannot be verified without the key")
            elif known:
                said, back = [opened(one, key) for one in e.get("votes", [])] if intent else [v for _, v in votes if v["word"] != "revoke"], [v for p, v in votes if intent and p < place and v["word"] == "revoke"]
                lack, rest = (lacks(some, e["approvedBy" if intent else "by"], *known[0][1:]) for some in (said, said + back))
                if lack or rest and burns and full["entryId"] in [burn["intent"] for burn in burns]: yield bad(place, "lacks approvals, or was burnt after one had been taken back")
                elif rest and burns is None: yield unsure(place, "rests on what was taken back, and Dispatches was not given")
    if not votes and not anchored: yield unsure(None, "nothing in it is signed by the approval key")
def sends(chain, entries, burns, old):  # Intents, effects and burns against each other.
    intents = [(place, e, full["entryId"], name(e["dispatch"])) for place, kind, e, full in entries if kind == "dispatch_intended"]
    plans, commands, first = [(place, digest("plan/v1", e)) for place, kind, e, _ in entries if kind == "planned"][:1], {}, {}
    for place, what, command in [(place, name(e["dispatch"]), e.get("commandId")) for place, kind, e, _ in entries if kind in EFFECTS]:
        if not any(p < place and n == what for p, _, _, n in intents) or command and commands.setdefault(what, command) != command: yield bad(place, "was not intended, or twice")
        first.setdefault(what, place)
    naming = [(place, plans and e["planDigest"] == plans[0][1]) for place, e, _, _ in intents if "planDigest" in e]
    for place in [plans[0][0]] if plans and naming and not any(fits for _, fits in naming) else [p for p, fits in naming if not fits]: yield bad(place, "is another plan")
    burnt = {name(burn["dispatch"]) for burn in burns or []} | {name(one) for one in old if any(n == name(one) and "planDigest" not in e for _, e, _, n in intents)}
    yield from [untold(None, "Dispatches was not given")] if burns is None else (bad(place, "was never burnt") for what, place in first.items() if what not in burnt)
    facts = lambda of, question: [name(of["dispatch"]), sorted(of["targets"]), *pick(of, "level scriptHash standing planDigest parametersDigest " + question)]
    for burn in burns or []:
        said = [one for one in intents if one[2] == burn["intent"]] or [one for one in intents if one[3] == name(burn["dispatch"])]
        if not said: yield gone(next((p for p, _, _, full in entries if full["at"] > burn["at"]), len(entries) + 1), "is missing: it was burnt")
        elif said[0][2] != burn["intent"] or burn["incidentId"] != chain or facts(said[0][1], "requestDigest") != facts(burn, "questionDigest"): yield bad(said[0][0], "was not burnt so")
def ending(entries, section, recovery):  # The closing entry and what follows it.
    end, key = next((n for n, one in enumerate(entries) if one[1] == "incident_closed"), len(entries)), lambda k, e: (k, canonical({**e, "late": 0}) if k == "people_told" else name(e["dispatch"]))
    yield from (bad(place, "is marked late, and nothing was closed") for place, _, e, _ in entries[:end] if e.get("late") is True)
    said = {key(kind, e) for _, kind, e, _ in entries[:end] if kind in LATE - {"dispatch_refused"}}
    burnt, gates = ([name(one["dispatch"]) for one in section["burns"] or []] + [name(one) for one in section["byFirstRelease"]],
                    [name(e["dispatch"]) for _, kind, e, _ in entries[:end] if kind == "gate_decided" and e["dispatch"]])
    for place, kind, e, _ in entries[end + 1:]:
        strange = kind in LATE - {"people_told"} and name(e["dispatch"]) not in (gates if kind == "dispatch_refused" else burnt) and (kind == "dispatch_refused" or section["burns"] is not None)
        if e.get("late") is not True or kind in KINDS and (kind not in LATE or key(kind, e) in said or strange): yield bad(place, "may not follow the closing entry")
        if kind in LATE: said.add(key(kind, e))
    is_open = section["open"] is not False or recovery and any(e.get("mustKnow") is True for _, _, e, _ in entries)
    if end == len(entries) and section["items"]: yield untold(None, "whether its end is here") if is_open else gone(len(section["items"]) + 1, "is missing: the end")
def examine(section, recovery, key, through, anchored):
    chain, entries, rest = section["chain"], [], []
    broken = list(links(chain, section["items"], entries))
    yield from broken + [unsure(place, "is of a kind that is not known") for place, kind, _, _ in entries if kind not in KINDS] + ([] if section["items"] else [untold(None, "there are no entries")])
    strange = lambda some: [bad(place, "does not belong into a recovery") for place, kind, _, _ in some if kind in KINDS - LATE - {"incident_closed"}]
    if not re.fullmatch("inc-[0-9a-f]{20}", chain): yield from strange(entries) if chain.endswith("#recovery") else [] if through else [untold(None, "it never ends")]; return
    yield from (bad(place if n else 1, "does not open it, or again") for n, (place, kind, _, _) in enumerate(entries) if (n == 0) != (kind == "incident_opened"))
    for e, subject in [(e, e.get("subject") or {**e, "kind": "alarm", "round": 1}) for _, kind, e, _ in entries[:1] if kind == "incident_opened"]:
        if incident_id(subject) != chain or subject["kind"] == "alarm" and pick(subject, ALARM) != pick(e, ALARM): yield bad(1, "opens another incident")
    ends = list(ending(entries, section, recovery))
    yield from [*approvals(chain, entries, key, anchored, section["burns"]), *sends(chain, entries, section["burns"], section["byFirstRelease"]), *ends]
    disbelieved = broken or any(kind not in KINDS and e.get("mustKnow") is True for _, kind, e, _ in entries) or any("marked late" in one[3] for one in ends)
    if recovery: yield from [*links(chain + "#recovery", recovery, rest), *strange(rest), unsure(None, "its recovery says that it is broken"), *([] if disbelieved else [bad(1, "is not")])]
def findings(path, pem=None, checkpoint_pem=None):  # What is wrong or cannot be told: kind, about, place or line, text, and the chain or None; in the order of the bundle
    points, point_key = Checkpoints(), checkpoint_pem and load(checkpoint_pem)
    lines, key, records, sections, end, header, seen = open(path, "rb").read().decode(errors="replace").split("\n"), pem and load(pem), hashlib.sha256(), [], None, {}, set()
    for number, line in enumerate(lines[:-1] if lines[1:] and not lines[-1] else lines, 1):
        try: record = None if (is_entry := bool(sections) and line.startswith(START)) else json.loads(line)
        except (ValueError, RecursionError): record = None
        kind = record["record"] if isinstance(record, dict) and isinstance(record.get("record"), str) else None
        fits, is_last = kind in RECORDS and set(RECORDS[kind].split()) <= set(record), number == len(lines) - (not lines[-1])
        if end: yield (*bad(number, "lies behind the end"), None)
        elif number == 1 and (not fits or kind != "bundle" or record.get("version") != 1): yield (*unsure(number, "is no bundle of version 1"), None); return
        elif is_last and number > 1 and (read(line) is None if is_entry else kind is None): continue
        elif sections and (kind is None or kind == "item" and fits):
            items, place = sections[-1]["items"], re.search(r',"sequence":([1-9]\d*)}$', line)
            items.append((record["place"], record["text"]) if kind else (int(place[1]) if place else len(items) + 1, line))
        elif number > 1 and (not fits or kind in ("bundle", "item") or kind == "archived" and not sections): yield (*(bad if kind in RECORDS or kind is None else unsure)(number, "is no record that is known here"), None)
        elif kind == "key" and key and load(record["pem"]).public_numbers() != key.public_numbers(): yield (*bad(number, "holds a foreign key"), None)
        elif kind == "checkpoint_key" and point_key and load(record["pem"]).public_numbers() != point_key.public_numbers(): yield (*bad(number, "holds a foreign checkpoint key"), None)
        elif kind == "checkpoint" and sections: yield (*bad(number, "is a checkpoint behind a chain"), None)
        elif kind == "checkpoint": yield from ((*one, None) for one in points.take(number, record, point_key))
        elif kind == "archived": sections[-1]["archived"].append((record["place"], record["text"]))
        elif kind == "text" and sha(record["text"]) != record["digest"]: yield (*bad(number, "holds a text that has not its digest"), None)
        elif kind == "end" and record["records"] != records.hexdigest(): yield (*bad(number, "is not the end of these records"), None)
        header, key, end = record["selection"] if number == 1 else header, key or (load(record["pem"]) if kind == "key" and fits else None), end or (record if kind == "end" and fits else None)
        if kind == "checkpoint_key" and fits: point_key = point_key or load(record["pem"])
        if kind == "chain" and fits and not end: sections.append({**record, "items": [], "archived": []})
        if not is_entry: records.update(line.encode() + b"\n")
    for n, section in enumerate(sections):
        chain, length, before, behind = section["chain"], len(section["items"]), sections[n - 1] if n else {"chain": "", "number": 0}, (sections[n + 1:] + [{"chain": "", "items": []}])[0]
        is_recovery, twice, wanted, _ = chain == before["chain"] + "#recovery", chain in seen, header.get("incident", chain), seen.add(chain)
        try: found = [] if is_recovery else list(examine(section, behind["items"] if behind["chain"] == chain + "#recovery" else [], key, points.through(header), any(one[0] >= length for one in points.heads.get(chain, []))))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error: found = [unsure(None, f"cannot be read: {error!r}")]
        found += points.anchored(chain, section["items"], section["archived"])
        found += [bad(1, "is of another incident, or here twice")] * (twice or chain not in (wanted, wanted + "#recovery" * is_recovery)) + [bad(section["entries"] + 1, "is not counted")] * (length > section["entries"])
        found += [gone(1, "is not the next chain, or a recovery of none")] * (chain.endswith("#recovery") > is_recovery or section["number"] != before["number"] + 1) + [gone(length + 1, "is missing")] * (length < section["entries"])
        cut = [untold(None, "the bundle is cut here") if not end and n == len(sections) - 1 and one[:2] == ("problem", "completeness") else one for one in found]
        yield from ((*one, chain) for one in sorted(cut, key=lambda one: one[2] or 1e18))
    if end and [end["chains"], end["entries"]] != [sections[-1]["number"] if sections else 0, sum(len(one["items"]) for one in sections)]: yield (*gone(len(lines), "counts otherwise"), None)
    if end and header.get("incident", "") not in seen | {""}: yield (*gone(1, "is missing: the whole chain"), header["incident"])
    yield from ((*one, None) for one in (points.end(header, checkpoint_pem) if end else [untold(None, "the bundle is cut")]))
    wanted = [header["incident"], header["incident"] + "#recovery"] if "incident" in header else points.heads
    yield from ((*gone(1, "is missing: a checkpoint names it"), chain) for chain in points.heads if end and chain in wanted and chain not in seen)
def verdict(path, pem=None, checkpoint_pem=None):  # As a whole, and of both halves; the first bad as chain, text and place
    found = list(findings(path, pem, checkpoint_pem))
    of = lambda some, good: "broken" if any(one[0] == "problem" for one in some) else "cannot_tell" if some else good
    first = next(iter(sorted([one for one in found if one[0] == "problem"], key=lambda one: one[4] is None)), None)
    halves = {about: of([one for one in found if one[1] == about], "whole") for about in ("integrity", "completeness")}
    return {"verdict": of(found, "clean"), **halves, "firstBad": first and first[4:1:-1], "found": found}
if __name__ == "__main__":
    answer = verdict(sys.argv[1], *[open(path).read() for path in sys.argv[2:4]])
    print(*(f"{kind}, {about}: {chain or 'the bundle, line'} {place or ''}: {text}" for kind, about, place, text, chain in answer["found"]),
          f"{answer['verdict']}: integrity {answer['integrity']}, completeness {answer['completeness']}", sep="\n")
    sys.exit({"clean": 0, "broken": 1, "cannot_tell": 2}[answer["verdict"]])
