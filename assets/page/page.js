// Shows the followed face in one of three layouts: ?layout=panel, lower or icon.

import { connect } from "./socket.js";
import { History, drawTimeline } from "./timeline.js";

const LAYOUTS = {
  panel: { title: "Panel", size: "480 × 480", name: "panel" },
  lower: { title: "Lower third", size: "1920 × 240", name: "lower" },
  icon: { title: "Big icon", size: "400 × 460", name: "icon-only" },
};
const STAY_MS = 700; // how long a face stays that is lost, so that the page does not flicker
const SILENT_MS = 3000; // after that no frame comes any more
const SPEAK_MS = 3000; // least time between two lines for screen readers
const SUMMARY_MS = 5000;
const TIMELINE_MS = 60;
const UNSURE = "unsure"; // the only rejection with which the probabilities are worth showing

const $ = (id) => document.getElementById(id);
const word = (label) => label.charAt(0).toUpperCase() + label.slice(1);
const percent = (share) => `${Math.round(100 * share)}%`;
const counts = (face) => face.rejection === null || face.rejection === UNSURE;

const query = new URLSearchParams(location.search);
const layout = LAYOUTS[query.get("layout")];
const token = query.get("token");

let expressions = [];
let history = new History();
let rows = [];
let latest = null; // {message, at}
let face = null; // the one that is shown
let faceAt = -Infinity;
let connected = false;
let greeted = false;
let drawn = null;
let timelineAt = -Infinity;
let summaryAt = -Infinity;
let spoken = "";
let spokenAt = -Infinity;

function address(path, more = {}) {
  const found = new URL(path, location.href);
  for (const [name, value] of Object.entries({ ...more, ...(token ? { token } : {}) })) {
    found.searchParams.set(name, value);
  }
  return found;
}

function masked(element, icon) {
  const image = `url("${new URL(icon, location.href)}")`;
  if (element.dataset.icon === icon) return;
  element.dataset.icon = icon;
  element.style.webkitMaskImage = image;
  element.style.maskImage = image;
}

function element(kind, name, text = "") {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

function greet(message) {
  expressions = message.expressions;
  history = new History();
  connected = greeted = true;
  document.documentElement.style.setProperty("--rows", expressions.length);
  rows = expressions.map((one) => {
    const row = document.createElement("li");
    const icon = element("i", "face-icon");
    icon.setAttribute("aria-hidden", "true");
    masked(icon, one.icon);
    const track = element("span", "track");
    track.setAttribute("aria-hidden", "true");
    const bar = document.createElement("i");
    track.append(bar);
    const number = element("span", "number");
    row.style.setProperty("--bright", one.color);
    row.style.setProperty("--muted", one.muted);
    const name = element("span", "name", word(one.label));
    row.append(...(layout === LAYOUTS.lower ? [track, icon, name, number] : [icon, name, track, number]));
    return { row, bar, number };
  });
  $("bars").replaceChildren(...rows.map(({ row }) => row));
  tell("");
}

function take(message) {
  latest = { message, at: performance.now() };
  const shares = ({ smoothed }) => expressions.map(({ label }) => smoothed[label] ?? 0);
  const seen = message.faces.filter(counts);
  history.add(message.time_s, seen.map((one) => ({ track: one.track, shares: shares(one) })));
}

function lose(reason) {
  connected = false;
  latest = face = null;
  // On air nobody wants to read that a program has ended; who sets it up does.
  if (reason) tell(reason);
  else if (!greeted || !layout) tell("Waiting for emoapp …");
}

function tell(text) {
  if ($("note").textContent === text) return;
  $("note").textContent = text;
  $("note").hidden = !text;
}

function tick(now) {
  requestAnimationFrame(tick);
  if (latest && latest !== drawn) {
    drawn = latest;
    const { faces, followed } = latest.message;
    const found = faces.find(({ track }) => track === followed) ?? faces[0] ?? null;
    if (found) [face, faceAt] = [found, now];
    if (found) show(found);
  }
  const silent = !latest || now - latest.at > SILENT_MS;
  const gone = !face || silent || now - faceAt > STAY_MS;
  const card = $("card");
  card.classList.toggle("away", gone);
  card.setAttribute("aria-hidden", String(gone));
  if (!gone) card.hidden = false;
  if (!layout && connected) tell(gone ? (silent ? "No picture comes." : "No face in the picture.") : "");
  if (gone) return;
  if (now - timelineAt > TIMELINE_MS) {
    timelineAt = now;
    const time = latest.message.time_s + Math.min(1, (now - latest.at) / 1000);
    drawTimeline($("timeline"), history.runs(face.track), expressions.map(({ band }) => band), time);
  }
  if (now - summaryAt > SUMMARY_MS) summarize(now);
  speak(now);
}

function show({ track, label, confidence, rejection, smoothed }) {
  const winner = expressions.find((one) => one.label === label);
  const sure = winner !== undefined;
  document.documentElement.style.setProperty("--color", sure ? winner.color : "#BEC4CC");
  document.documentElement.style.setProperty("--sure", sure ? confidence : 0);
  masked($("icon"), sure ? winner.icon : "icons/other.png");
  $("label").textContent = word(sure ? label : rejection ?? "");
  $("percent").textContent = sure ? percent(confidence) : "";
  $("face").textContent = `Face ${track}`;
  const shown = counts({ rejection });
  rows.forEach(({ row, bar, number }, i) => {
    const share = shown ? smoothed[expressions[i].label] : 0;
    row.classList.toggle("wins", expressions[i] === winner);
    bar.style.setProperty("--p", share);
    number.textContent = shown ? percent(share) : "–";
  });
}

function speak(now) {
  const said = `Face ${face.track}: ${face.label ?? face.rejection}`;
  if (said === spoken || now - spokenAt < SPEAK_MS) return;
  [spoken, spokenAt] = [said, now];
  $("status").textContent = face.label ? `${said}, ${percent(face.confidence)}` : said;
}

function summarize(now) {
  summaryAt = now;
  const means = history.means(face.track);
  const parts = (means ?? []).map((share, i) => [share, expressions[i].label]);
  parts.sort(([a], [b]) => b - a);
  const text = parts.slice(0, 3).map(([share, label]) => `${label} ${percent(share)}`).join(", ");
  $("timeline").setAttribute("aria-label", `The last 30 seconds: ${text || "nothing seen"}`);
}

function furnish() {
  document.documentElement.classList.add(layout?.name ?? "panel");
  if (layout) return;
  document.documentElement.classList.add("with-home");
  $("home").hidden = false;
  for (const [name, { title, size }] of Object.entries(LAYOUTS)) {
    const link = element("a", "", address("/", { layout: name }).href);
    link.href = link.textContent;
    const place = document.createElement("dd");
    place.append(link);
    $("layouts").append(element("dt", "", `${title}, ${size}`), place);
  }
  const socket = address("/socket");
  socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
  $("address").textContent = socket.href;
}

furnish();
tell("Waiting for emoapp …");
connect(address("/socket"), { hello: greet, frame: take, lost: lose });
requestAnimationFrame(tick);
