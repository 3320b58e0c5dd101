/* The marking sheet. What students wrote gets into the page as text only, by textContent. */
"use strict";

const about = document.body.dataset;
const at = (id) => document.getElementById(id);
const EVERY = 30_000; // milliseconds between two looks at what others have marked
const SILENT = "This was not saved, because the server does not answer. Check that “course mark” is still running.";
const NUMBERED = 9; // comments that have a digit

let answers = []; // in the order of the page
let comments = [];
let current = null; // an answer
let row = 0; // the row that a digit is for
let choosing = false; // a comment: digits are for these
let chain = Promise.resolve(); // one request after the other
const done = []; // what undo takes back: for each thing done, the answers with it
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
const isMarked = (answer) => (isUnsaved(answer) ? rows.every(({ name }) => name in answer.rows) : !answer.mark.waits);
const isUnsaved = (answer) => Boolean(answer.changed || answer.sending || answer.failed);
/** Return whether an answer may be left as it is: nothing of its hand-in could be marked. */
const isLeft = (answer) => answer.refused && answer.mark.waits && !isUnsaved(answer) && !rows.some(({ name }) => name in answer.rows);
const isToDo = (answer) => !isMarked(answer) && !isLeft(answer);
const say = (words) => { at("said").textContent = words; };

function tell(words) {
  at("trouble").hidden = !words;
  at("trouble-words").textContent = words;
}

/** Return what is said of an answer's mark. */
function state(answer) {
  if (answer.failed) return ["not saved", "bad"];
  const chosen = rows.filter(({ name }) => name in answer.rows);
  if (isMarked(answer)) return [`${points(answer)} of ${most()} points`, ""];
  if (isLeft(answer)) return ["left without a mark", ""];
  const begun = chosen.map(({ name }) => `${name} ${answer.rows[name]}`).join(", ");
  return [begun ? `not marked: ${begun} so far` : "not marked", "waits"];
}

/** Return an answer's points: those of its rows, also before they are saved. */
function points(answer) {
  if (!isUnsaved(answer)) return answer.mark.points ?? 0;
  return rows.reduce((sum, { name }) => sum + answer.rows[name], 0);
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
    line.append(made("b", percent === 100 ? "The same" : `${percent} % similar`));
    line.append(` ${percent === 100 ? "as" : "to"} answer ${other}${n + 1 < at_most.length ? ", " : ""}`);
  });
  if (answer.alike.length > at_most.length) line.append(`, and ${answer.alike.length - at_most.length} more`);
  return line;
}

function foot(answer) {
  const line = made("p", "", "foot");
  if (answer.text !== null && answer.letters > answer.text.length) {
    line.append(`Shown: ${answer.text.length} of ${answer.letters} characters.`);
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
  if (!reply?.ok) return tell("The whole answer could not be loaded. Try again.");
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
  const unsaved = answers.filter(isUnsaved).length;
  at("progress").textContent = `${marked} of ${answers.length} marked`;
  at("unsaved").textContent = `${unsaved} not saved yet`;
  at("unsaved").hidden = !unsaved;
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
  const next = [...answers.slice(from + 1), ...answers.slice(0, from + 1)].find(isToDo);
  if (next) choose(next);
  else say(whatNext());
}

// --- Marking --------------------------------------------------------------------------------

function give(points) {
  if (!current || current.text === null) return say("This answer cannot be marked here.");
  const { name, buttons } = rows[row];
  if (points >= buttons.length) return say(`${name} has at most ${buttons.length - 1} points.`);
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

const isBusy = (answer) => Boolean(isUnsaved(answer) || (answer === current && isTyping()));
const isTyping = () => document.activeElement === at("words") && at("words").value !== current?.words;

/** Save an answer with all others that have changed by the time that the saves before are done. */
function save(answer) {
  answer.changed = true;
  paint(answer);
  paintPanel();
  chain = chain.then(sendChanged);
}

async function sendChanged() {
  const changed = answers.filter((answer) => answer.changed);
  await send(changed, ({ seen, rows: given, words }) => ({ seen, rows: given, words }));
}

/** Take the last thing back, when it has been saved: one answer, or all that changed together. */
function undo() {
  chain = chain.then(sendChanged).then(async () => {
    const last = done.pop();
    if (!last) { say("There is nothing to undo."); return; }
    const back = new Map(last.map((each) => [answers.find(({ id }) => id === each.id), each]));
    if (back.has(undefined)) { say("This answer is no longer on this page."); return; }
    choose([...back.keys()][0]);
    const wanted = (answer) => ({ seen: back.get(answer).after, mark: back.get(answer).before });
    await send([...back.keys()], wanted, { together: last.length > 1, undone: last });
  });
}

/**
 * Save answers in one request; what somebody else has changed meanwhile is not overwritten.
 * `together` saves all or none, as one thing that can be undone; `undone` is what this takes back.
 */
async function send(those, wanted, { together = false, undone = null } = {}) {
  if (!those.length) return;
  const before = new Map(those.map((answer) => [answer, answer.mark]));
  const seen = new Map(those.map((answer) => [answer, answer.seen]));
  const body = { together, answers: Object.fromEntries(those.map((answer) => [answer.id, wanted(answer)])) };
  for (const answer of those) Object.assign(answer, { changed: false, sending: true, failed: false });
  those.forEach(paint);
  const reply = await ask("PUT", "", body).catch(() => null);
  those.forEach((answer) => { answer.sending = false; });
  const came = those.map((answer) => [answer, reply?.ok ? reply.told.answers[answer.id] : undefined]);
  if (reply?.ok) offer(reply.told.comments);
  const fine = came.filter(([answer, told]) => told && !told.why && saved(answer, told.answer));
  const bad = came.filter(([, told]) => !told || told.why);
  const troubles = bad.map(([answer, told]) => notSaved(answer, told, seen.get(answer), together || undone, reply));
  tell([...new Set(troubles)].join("\n"));
  if (fine.length) sayWhatIsSaved(fine.map(([answer]) => answer));
  const fresh = fine.map(([answer]) => ({ id: answer.id, before: before.get(answer), after: answer.seen }))
    .filter((each, n) => JSON.stringify(each.before) !== JSON.stringify(fine[n][0].mark));
  if (undone && bad.length && !reply?.ok) done.push(undone);
  else if (!undone && fresh.length) done.push(...(together ? [fresh] : fresh.map((each) => [each])));
  those.forEach(paint);
  paintPanel();
}

function saved(answer, { mark, seen, notes, rows: given, words }) {
  Object.assign(answer, { mark, seen, notes });
  if (!answer.changed) Object.assign(answer, { rows: given, words });
  return true;
}

function sayWhatIsSaved(those) {
  const left = answers.some((answer) => isToDo(answer) || isUnsaved(answer));
  const all = left ? "" : ` ${whatNext()}`;
  const last = those.at(-1);
  const what = those.length > 1 ? `${those.length} answers saved.` : `Answer ${number(last)} saved: ${state(last)[0]}.`;
  say(`${what}${all}`);
}

/** Return what comes next: nothing can be exported while something waits in formgrader. */
function whatNext() {
  const blank = answers.filter(isLeft).length;
  const all = blank ? `All other answers are marked. Left without a mark: ${blank}.` : "All answers are marked.";
  if (!waitingElsewhere) return `${all} Next, run: course export ${about.name} …`;
  const what = waitingElsewhere === 1 ? "1 more answer waits" : `${waitingElsewhere} more answers wait`;
  return `${all} In formgrader, ${what}. The link is at the top of this page.`;
}

/** Keep what was not saved for the next request, or show what is there now; return what to say. */
function notSaved(answer, told, seen, isWhole, reply) {
  const now = told?.answer;
  if (now && (isWhole || now.seen !== seen)) {
    const yours = answer.words;
    Object.assign(answer, now, { changed: false, failed: false });
    answer.place.querySelector(".text").textContent = now.text ?? "";
    answer.place.querySelector(".foot").replaceWith(foot(answer));
    const kept = yours && yours !== answer.words ? ` Your comment was:\n${yours}` : "";
    return `Answer ${number(answer)}: ${told.why} Its state is now: ${state(answer)[0]}.${kept}`;
  }
  if (isWhole && !told) return reply?.told?.message ?? SILENT;
  answer.failed = true;
  if (told) return `Answer ${number(answer)}: ${told.why}`;
  answer.changed = true; // the next request takes it along
  return `${reply?.told?.message ?? SILENT}${reply?.status === 403 ? " Log in again in another tab, and then repeat your choice here." : ""}`;
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
  if (!reply?.ok) { tell(reply?.told?.message ?? "The answers could not be loaded. Check that “course mark” is still running."); return; }
  const shown = new Map(answers.map((answer) => [answer.id, answer]));
  const fresh = reply.told.groups.flat();
  const isNew = ({ id, seen }) => !shown.has(id) || (shown.get(id).seen !== seen && !isBusy(shown.get(id)));
  offer(reply.told.comments);
  elsewhere(reply.told);
  if (answers.length && fresh.length === answers.length && !fresh.some(isNew)) return;
  const again = answers.length > 0;
  const inside = at("answers").contains(document.activeElement);
  show(reply.told.groups);
  if (again) say("Something has changed in the meantime, so the page shows the new state.");
  if (again && inside) current?.place.focus({ preventScroll: true });
  if (!answers.length) say("There is nothing to mark.");
}

/** Look again, after what is being saved: else the page would go back to what was before it. */
function refresh() {
  if (!document.hidden) chain = chain.then(sendChanged).then(load);
}

function elsewhere({ elsewhere: waiting, empty, excused }) {
  const place = at("elsewhere");
  const names = Object.keys(waiting).sort();
  const total = names.reduce((sum, name) => sum + waiting[name], 0);
  waitingElsewhere = total;
  place.replaceChildren();
  const parts = [];
  if (empty) parts.push(`Left empty, with 0 points: ${empty}. `);
  if (excused) parts.push(`Excused: ${excused}. `);
  place.append(...parts);
  if (total) {
    const link = made("a", "in formgrader");
    link.href = `${about.formgrader}/gradebook/${about.name}/${about.name}`;
    place.append("Waiting ", link, `: ${names.map((name) => `${name} (${waiting[name]})`).join(", ")}.`);
  }
  place.hidden = !parts.length && !total;
}

// --- Another standard for a row ---------------------------------------------------------------

/** Return the answers that a change of a row would reach: marked ones with these points. */
function reached({ name, from }) {
  return answers.filter((answer) => isMarked(answer) && !isUnsaved(answer) && answer.rows[name] === from);
}

function chosenChange() {
  const [from, to] = ["from", "to"].map((which) => Number(at(`regrade-${which}`).value));
  return { name: at("regrade-row").value, from, to };
}

/** Show what would change, before anything does. */
function paintRegrade() {
  const change = chosenChange();
  const those = change.from === change.to ? [] : reached(change);
  at("regrade-count").textContent = those.length === 1 ? "1 answer would change:" : `${those.length} answers would change${those.length ? ":" : "."}`;
  at("regrade-list").replaceChildren(...those.map((answer) => {
    const now = points(answer);
    return made("li", `Answer ${number(answer)}: ${now} → ${now + change.to - change.from} of ${most()} points`);
  }));
  at("regrade-do").disabled = !those.length;
}

function levels() {
  const { buttons } = rows.find(({ name }) => name === at("regrade-row").value);
  for (const which of ["from", "to"]) at(`regrade-${which}`).replaceChildren(...buttons.map((_, n) => made("option", String(n))));
  at("regrade-to").value = "1";
  paintRegrade();
}

/** Open the dialog when all is saved, so that it shows what the gradebook has. */
function openRegrade() {
  chain = chain.then(sendChanged).then(() => { levels(); at("regrade").showModal(); });
}

function regrade() {
  const { name, from, to } = chosenChange();
  at("regrade").close();
  chain = chain.then(sendChanged).then(async () => {
    const those = reached({ name, from });
    const wanted = ({ seen, rows: given, words }) => ({ seen, rows: { ...given, [name]: to }, words });
    await send(those, wanted, { together: true });
  });
}

// --- Keys, and everything that a mouse does --------------------------------------------------

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  n: stepToWaiting, u: undo, "?": () => at("keys-help").showModal(),
  r: () => { row = (row + 1) % rows.length; paintPanel(); say(`Digits now give points for ${rows[row].name}.`); },
  c: () => chooseComments(true), w: () => at("words").focus(),
  a: () => current?.place.querySelector(".all")?.click(), g: openRegrade,
  m: () => { if (at("models")) at("models").open = !at("models").open; },
  Escape: () => tell(""),
};

function chooseComments(open) {
  if (!current || current.text === null) return;
  choosing = open;
  paintPanel();
  if (open) at("comments").querySelector("button")?.focus();
  else current.place.focus({ preventScroll: true });
  say(open ? "Digits now choose comments. Escape returns to the points." : "Digits now give points.");
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
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
for (const [n, { buttons }] of rows.entries())
  for (const [points, button] of buttons.entries())
    button.addEventListener("click", () => { row = n; give(points); });
at("undo").addEventListener("click", undo);
at("before").addEventListener("click", () => step(-1));
at("next").addEventListener("click", () => step(1));
at("waiting").addEventListener("click", stepToWaiting);
at("help").addEventListener("click", KEYS["?"]);
at("change").addEventListener("click", openRegrade);
at("regrade-row").addEventListener("change", levels);
for (const which of ["from", "to"]) at(`regrade-${which}`).addEventListener("change", paintRegrade);
at("regrade-do").addEventListener("click", regrade);
at("close-trouble").addEventListener("click", () => tell(""));
at("keys").addEventListener("click", () => {
  const on = at("keys").getAttribute("aria-pressed") !== "true";
  at("keys").setAttribute("aria-pressed", String(on));
  at("keys").textContent = on ? "Keys on" : "Keys off";
});
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, EVERY);
window.addEventListener("beforeunload", (event) => {
  if (answers.some(isUnsaved) || isTyping()) event.preventDefault();
});

/** Say how high that is which stays in sight above the answers, so that none begins behind it. */
function measure() {
  const header = document.querySelector("header").offsetHeight;
  const style = document.documentElement.style;
  style.setProperty("--header", `${header}px`);
  style.setProperty("--above", `${header + at("asked").offsetHeight}px`);
}
const looks = new ResizeObserver(measure);
looks.observe(document.querySelector("header"));
looks.observe(at("asked"));

load().then(() => {
  stepToWaiting();
  if (!current) choose(answers[0]); // all are marked
});
