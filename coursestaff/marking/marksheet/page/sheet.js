/* The marking sheet. What students wrote gets into the page as text only, by textContent. */
"use strict";

const about = document.body.dataset;
const at = (id) => document.getElementById(id);
const EVERY = 30_000; // milliseconds between two looks at what others have marked
const NUMBERED = 9; // comments that have a digit

let answers = []; // in the order of the page
let comments = [];
let current = null; // an answer
let row = 0; // the row that a digit is for
let choosing = false; // a comment: digits are for these
let chain = Promise.resolve(); // one save after the other
const done = []; // what undo takes back
let waitingElsewhere = 0; // answers to other questions that a person has to look at

// --- Pieces of the page ---------------------------------------------------------------------

const rows = [...document.querySelectorAll(".row")].map((place) => ({
  place, name: place.dataset.row, buttons: [...place.querySelectorAll("button")],
}));

function made(kind, text = "", looks = "") {
  const piece = document.createElement(kind);
  piece.textContent = text;
  if (looks) piece.className = looks;
  return piece;
}

const number = (answer) => answers.indexOf(answer) + 1;
const isMarked = (answer) => !answer.mark.waits;
const say = (words) => { at("said").textContent = words; };

function tell(words) {
  at("trouble").hidden = !words;
  at("trouble-words").textContent = words;
}

/** Return what is said of an answer's mark. */
function state(answer) {
  if (answer.failed) return ["not saved", "bad"];
  const chosen = rows.filter(({ name }) => name in answer.rows);
  if (isMarked(answer)) return [`${answer.mark.points ?? 0} of ${most()} points`, ""];
  const begun = chosen.map(({ name }) => `${name} ${answer.rows[name]}`).join(", ");
  return [begun ? `not marked: ${begun} so far` : "not marked", "waits"];
}

const most = () => rows.reduce((sum, { buttons }) => sum + buttons.length - 1, 0);

// --- The answers ----------------------------------------------------------------------------

function show(groups) {
  const kept = current?.id;
  const before = new Map(answers.map((answer) => [answer.id, answer]));
  answers = groups.flat().map((fresh) => {
    const old = before.get(fresh.id);
    return old && isBusy(old) ? Object.assign(old, { alike: fresh.alike }) : fresh;
  });
  const places = new Map(answers.map((answer) => [answer.id, answer]));
  at("answers").replaceChildren(...groups.map((group) => {
    const section = made("section", "", group.length > 1 ? "group alike" : "group");
    if (group.length > 1) {
      const words = `${group.length} answers that are alike`;
      section.setAttribute("aria-label", words);
      section.append(made("p", words, "head"));
    }
    section.append(...group.map(({ id }) => card(places.get(id))));
    return section;
  }));
  current = places.get(kept) ?? null;
  answers.forEach(paint);
  paintPanel();
}

function card(answer) {
  const article = made("article");
  article.tabIndex = -1;
  const head = made("h2", `Answer ${number(answer)}`);
  head.id = `head-${answer.id}`;
  article.setAttribute("aria-labelledby", head.id);
  head.append(made("span", "", "state"));
  article.append(head);
  if (answer.alike.length) article.append(near(answer));
  article.append(made("div", "", "notes"), made("div", answer.text ?? "", "text"), foot(answer));
  article.querySelector(".text").dir = "auto";
  article.addEventListener("click", () => { if (current !== answer) choose(answer, false); });
  answer.place = article;
  return article;
}

/** Return the line that says which answers one is alike to. */
function near(answer) {
  const line = made("p", "", "near");
  const others = answer.alike.map(({ id, percent }) => ({ percent, other: number(answers.find((each) => each.id === id)) }));
  others.sort((one, two) => two.percent - one.percent || one.other - two.other);
  const at_most = others.slice(0, 6);
  at_most.forEach(({ other, percent }, n) => {
    line.append(made("b", percent === 100 ? "The same" : `${percent} % alike`));
    line.append(` ${percent === 100 ? "as" : "to"} answer ${other}${n + 1 < at_most.length ? ", " : ""}`);
  });
  if (answer.alike.length > at_most.length) line.append(`, and ${answer.alike.length - at_most.length} more`);
  return line;
}

function foot(answer) {
  const line = made("p", "", "foot");
  if (answer.text !== null && answer.letters > answer.text.length) {
    line.append(`Shown: ${answer.text.length} of ${answer.letters} letters.`);
    const all = made("button", "Show all", "all");
    all.type = "button";
    all.addEventListener("click", () => showAll(answer));
    line.append(all);
  }
  const link = made("a", "Whole notebook in formgrader");
  link.href = `${about.formgrader}/submissions/${answer.notebook}/`;
  link.target = "_blank";
  link.rel = "noopener";
  line.append(link);
  return line;
}

async function showAll(answer) {
  const reply = await ask("GET", `/${answer.id}`).catch(() => null);
  if (!reply?.ok) return tell("The whole answer did not come. Try again.");
  answer.text = reply.told.answer.text;
  answer.place.querySelector(".text").textContent = answer.text;
  answer.place.querySelector(".foot").replaceWith(foot(answer));
  answer.place.focus({ preventScroll: true });
  return undefined;
}

/** Show an answer's mark and notes. */
function paint(answer) {
  const [words, looks] = state(answer);
  const place = answer.place.querySelector(".state");
  place.textContent = words;
  place.className = `state ${looks}`;
  answer.place.querySelector(".notes").replaceChildren(...answer.notes.map((note) => made("p", note, "note")));
  answer.place.toggleAttribute("aria-current", false);
  if (answer === current) answer.place.setAttribute("aria-current", "true");
  const marked = answers.filter(isMarked).length;
  at("progress").textContent = `${marked} of ${answers.length} marked`;
  at("done").max = answers.length || 1;
  at("done").value = marked;
}

// --- The panel ------------------------------------------------------------------------------

function paintPanel() {
  const open = Boolean(current && current.text !== null);
  at("panel-head").textContent = current ? `Answer ${number(current)}: ${state(current)[0]}` : "No answer chosen";
  rows.forEach(({ place, name, buttons }, n) => {
    place.classList.toggle("now", open && n === row && !choosing);
    buttons.forEach((button, points) => {
      button.disabled = !open;
      button.setAttribute("aria-pressed", String(open && current.rows[name] === points));
    });
  });
  at("words").disabled = !open;
  if (document.activeElement !== at("words")) at("words").value = open ? current.words : "";
  paintComments(open);
  at("undo").disabled = !done.length;
}

function paintComments(open) {
  const chosen = open ? paragraphs(current.words) : [];
  const held = document.activeElement?.dataset?.comment;
  document.querySelector(".comments").classList.toggle("now", choosing);
  at("comments").replaceChildren(...comments.map((words, n) => {
    const button = made("button");
    button.type = "button";
    button.dataset.comment = n;
    button.disabled = !open;
    button.setAttribute("aria-pressed", String(chosen.includes(words)));
    button.append(made("b", n < NUMBERED ? String(n + 1) : " "), made("span", words));
    button.addEventListener("click", () => toggle(n));
    return button;
  }));
  if (held !== undefined) at("comments").children[held]?.focus();
}

/** Add what is new to the comments; their digits stay theirs as long as the page is open. */
function offer(fresh) {
  comments = [...comments, ...fresh.filter((words) => !comments.includes(words))];
}

const paragraphs = (words) => words.split(/\n\s*\n/).map((part) => part.trim()).filter(Boolean);

/** Make an answer the one that keys and panel are for. */
function choose(answer, focus = true) {
  if (!answer) return;
  if (document.activeElement === at("words")) at("words").blur(); // which saves
  const before = current;
  current = answer;
  choosing = false;
  row = Math.max(0, rows.findIndex(({ name }) => !(name in answer.rows)));
  if (before?.place) paint(before);
  paint(answer);
  paintPanel();
  if (!focus) return;
  answer.place.focus({ preventScroll: true });
  answer.place.scrollIntoView({ block: "start" });
}

function step(by) {
  const to = current ? answers.indexOf(current) + by : 0;
  if (answers[to]) choose(answers[to]);
  else say(by > 0 ? "This is the last answer." : "This is the first answer.");
}

function stepToWaiting() {
  const from = current ? answers.indexOf(current) : -1;
  const next = [...answers.slice(from + 1), ...answers.slice(0, from + 1)].find((each) => !isMarked(each));
  if (next) choose(next);
  else say(`All are marked. ${whatNext()}`);
}

// --- Marking --------------------------------------------------------------------------------

function give(points) {
  if (!current || current.text === null) return say("This answer cannot be marked here.");
  const { name, buttons } = rows[row];
  if (points >= buttons.length) return say(`${name} has ${buttons.length - 1} points at most.`);
  current.rows = { ...current.rows, [name]: points };
  const open = rows.findIndex((each) => !(each.name in current.rows));
  row = open >= 0 ? open : (row + 1) % rows.length;
  return save(current);
}

function toggle(n) {
  if (!current || n >= comments.length) return;
  const chosen = paragraphs(current.words);
  const words = comments[n];
  const rest = chosen.filter((part) => part !== words);
  current.words = (rest.length < chosen.length ? rest : [...chosen, words]).join("\n\n");
  save(current);
}

const isBusy = (answer) => Boolean(answer.pending || answer.failed || (answer === current && isTyping()));
const isTyping = () => document.activeElement === at("words") && at("words").value !== current?.words;

function save(answer) {
  send(answer, () => ({ seen: answer.seen, rows: answer.rows, words: answer.words }));
}

/** Take the last thing back, when it has been saved. */
function undo() {
  chain = chain.then(() => {
    const last = done.pop();
    if (!last) { say("There is nothing to undo."); return; }
    const answer = answers.find(({ id }) => id === last.id);
    if (!answer) { say("This answer is not here any more."); return; }
    choose(answer);
    send(answer, () => ({ seen: last.after, mark: last.before }), last);
  });
}

/**
 * Save, after all that is being saved; what somebody else has changed meanwhile is not overwritten.
 * `undone` is what this takes back, if it takes something back.
 */
function send(answer, wanted, undone = null) {
  answer.pending = (answer.pending ?? 0) + 1;
  const turn = answer.turn ?? 0;
  paint(answer);
  paintPanel();
  chain = chain.then(async () => {
    if (turn !== (answer.turn ?? 0)) { answer.pending -= 1; return; } // what it builds on was not saved
    const before = answer.mark;
    const reply = await ask("PUT", `/${answer.id}`, wanted()).catch(() => null);
    answer.pending -= 1;
    if (reply?.ok) {
      saved(answer, reply.told);
      if (!undone && JSON.stringify(before) !== JSON.stringify(answer.mark)) {
        done.push({ id: answer.id, before, after: answer.seen });
      }
    } else {
      answer.turn = turn + 1;
      if (undone && reply?.status !== 409) done.push(undone);
      notSaved(answer, reply);
    }
    paint(answer);
    paintPanel();
  });
}

function saved(answer, told) {
  const { mark, seen, notes, rows: given, words } = told.answer;
  Object.assign(answer, { mark, seen, notes, failed: false });
  if (!answer.pending) Object.assign(answer, { rows: given, words });
  offer(told.comments);
  tell("");
  const marked = answers.filter(isMarked).length;
  const all = marked === answers.length ? ` All are marked. ${whatNext()}` : "";
  say(`Answer ${number(answer)} saved: ${state(answer)[0]}.${all}`);
}

/** Return what comes next: nothing can be exported while something waits in formgrader. */
function whatNext() {
  if (!waitingElsewhere) return `Next: course export ${about.name} …`;
  const what = waitingElsewhere === 1 ? "1 answer waits" : `${waitingElsewhere} answers wait`;
  return `Not on this page: ${what} in formgrader, see the top.`;
}

function notSaved(answer, reply) {
  if (reply?.status === 409) {
    const yours = answer.words;
    const { text, letters, ...rest } = reply.told.answer;
    Object.assign(answer, rest, { text, letters, failed: false });
    offer(reply.told.comments);
    answer.place.querySelector(".text").textContent = text ?? "";
    answer.place.querySelector(".foot").replaceWith(foot(answer));
    const kept = yours && yours !== answer.words ? ` Your comment was:\n${yours}` : "";
    tell(`Answer ${number(answer)}: ${reply.told.message} It is now: ${state(answer)[0]}.${kept}`);
    return;
  }
  answer.failed = true;
  const why = reply?.told?.message ?? "Not saved: the server does not answer. Is it still running?";
  const login = reply?.status === 403 ? " Log in again in another tab, and choose once more." : "";
  tell(`Answer ${number(answer)}: ${why}${login}`);
}

// --- The server -----------------------------------------------------------------------------

async function ask(method, where = "", body = undefined) {
  const reply = await fetch(about.answers + where, {
    method,
    headers: { "X-XSRFToken": about.token, "Content-Type": "application/json" },
    credentials: "same-origin",
    cache: "no-store",
    body: body && JSON.stringify(body),
  });
  const told = await reply.json().catch(() => ({}));
  return { ok: reply.ok, status: reply.status, told };
}

/** Look what there is, and what others have marked. */
async function load() {
  const reply = await ask("GET").catch(() => null);
  if (!reply?.ok) { tell(reply?.told?.message ?? "The answers did not come: is the server still running?"); return; }
  const shown = new Map(answers.map((answer) => [answer.id, answer]));
  const fresh = reply.told.groups.flat();
  const isNew = ({ id, seen }) => !shown.has(id) || (shown.get(id).seen !== seen && !isBusy(shown.get(id)));
  offer(reply.told.comments);
  elsewhere(reply.told);
  if (answers.length && fresh.length === answers.length && !fresh.some(isNew)) return;
  const again = answers.length > 0;
  const inside = at("answers").contains(document.activeElement);
  show(reply.told.groups);
  if (again) say("Something has changed meanwhile, and is shown anew.");
  if (again && inside) current?.place.focus({ preventScroll: true });
  if (!answers.length) say("There is nothing to mark.");
}

/** Look again, after what is being saved: else the page would go back to what was before it. */
function refresh() {
  if (!document.hidden) chain = chain.then(load);
}

function elsewhere({ elsewhere: waiting, empty }) {
  const place = at("elsewhere");
  const names = Object.keys(waiting).sort();
  const total = names.reduce((sum, name) => sum + waiting[name], 0);
  waitingElsewhere = total;
  place.replaceChildren();
  if (empty) place.append(`Left empty, with 0 points: ${empty}. `);
  if (total) {
    const listed = names.map((name) => `${name}: ${waiting[name]}`).join(", ");
    place.append(`Not on this page, and waiting for a person (${listed}): `);
    const link = made("a", "open formgrader");
    link.href = `${about.formgrader}/gradebook/${about.name}/${about.name}`;
    place.append(link, ".");
  }
  place.hidden = !empty && !total;
}

// --- Keys, and everything that a mouse does --------------------------------------------------

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  n: stepToWaiting, u: undo, "?": () => at("keys-help").showModal(),
  r: () => { row = (row + 1) % rows.length; paintPanel(); say(`Digits are for ${rows[row].name}.`); },
  c: () => chooseComments(true), w: () => at("words").focus(),
  a: () => current?.place.querySelector(".all")?.click(),
  Escape: () => tell(""),
};

function chooseComments(open) {
  if (!current || current.text === null) return;
  choosing = open;
  paintPanel();
  if (open) at("comments").querySelector("button")?.focus();
  else current.place.focus({ preventScroll: true });
  say(open ? "Digits choose comments. Escape leaves." : "Digits choose points.");
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || at("keys-help").open) return;
  if (target === at("words")) {
    if (key === "Escape") current?.place.focus({ preventScroll: true });
    return;
  }
  if (at("keys").getAttribute("aria-pressed") !== "true") return;
  let deed = KEYS[key];
  if (/^[0-9]$/.test(key)) deed = () => (choosing ? toggle(Number(key) - 1) : give(Number(key)));
  if (choosing && (key === "c" || key === "Escape")) deed = () => chooseComments(false);
  if (!deed) return;
  event.preventDefault();
  deed();
});

at("words").addEventListener("change", () => {
  if (!current || at("words").value === current.words) return;
  current.words = at("words").value;
  save(current);
});
rows.forEach(({ buttons }, n) => buttons.forEach((button, points) => {
  button.addEventListener("click", () => { row = n; give(points); });
}));
at("undo").addEventListener("click", undo);
at("before").addEventListener("click", () => step(-1));
at("next").addEventListener("click", () => step(1));
at("waiting").addEventListener("click", stepToWaiting);
at("help").addEventListener("click", KEYS["?"]);
at("close-trouble").addEventListener("click", () => tell(""));
at("keys").addEventListener("click", () => {
  const on = at("keys").getAttribute("aria-pressed") !== "true";
  at("keys").setAttribute("aria-pressed", String(on));
  at("keys").textContent = on ? "Keys on" : "Keys off";
});
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, EVERY);
window.addEventListener("beforeunload", (event) => {
  if (answers.some((answer) => answer.pending || answer.failed) || isTyping()) event.preventDefault();
});

load().then(() => {
  stepToWaiting();
  if (!current) choose(answers[0]); // all are marked
});
