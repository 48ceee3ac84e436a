// A place for files of any size. Each file goes to /api/upload in pieces; when the connection breaks, the sender
// waits, asks how much has arrived, and goes on from there. Uploads live beside the page (in the window), so
// they go on while other pages are looked at; after a reload the same file, chosen again, continues.

const PIECE = 8 * 2 ** 20; // bytes per request
const STALL_MS = 30_000; // no progress for this long: the connection counts as broken
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const PATIENCE_MS = 15 * 60_000; // then a person decides
const RATE_WINDOW_MS = 4_000;
const PAINT_MS = 150;
const RESEND_MS = 4_000; // first; then twice as long each time, as the page may need a while to answer
const AGAIN = [408, 423, 425, 429, 500, 502, 503, 504]; // statuses that pass by themselves
const KEPT = "rankscope-upload:";

const slots = (window.rankscopeUploads ??= new Map());

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const slot = slots.get(data.slot) ?? new Slot(data.slot);
  slots.set(data.slot, slot);
  slot.show(parentElement, data, (news) => setTriggerValue("arrived", news));
  return () => slot.hide(parentElement);
}

class Slot {
  constructor(name) {
    this.name = name;
    this.transfers = [];
    this.offers = null; // uploads that broke off before this page was loaded
    this.view = null;
  }

  show(root, data, deliver) {
    this.view = root;
    this.data = data;
    this.deliver = deliver;
    const answered = this.transfers.some((t) => data.received.includes(t.id));
    const over = (t) => data.received.includes(t.id) || (answered && t.state === "failed");
    this.transfers = this.transfers.filter((t) => !over(t));
    const zone = root.querySelector(".zone");
    zone.classList.toggle("compact", data.compact);
    root.querySelector(".label").textContent = data.words.label;
    root.querySelector(".note").textContent = data.words.note;
    this.listen(root);
    if (this.offers === null) this.findOffers();
    this.paint();
    this.handOver();
  }

  hide(root) {
    if (this.view !== root) return;
    this.view = null;
    clearTimeout(this.resending);
  }

  listen(root) {
    const input = root.querySelector("input");
    const target = root.querySelector(".target");
    input.multiple = this.data.multiple;
    input.onchange = () => {
      this.add([...input.files]);
      input.value = "";
    };
    const over = (on) => (event) => {
      event.preventDefault();
      target.classList.toggle("over", on);
    };
    root.querySelector(".zone").ondragover = over(true);
    root.querySelector(".zone").ondragleave = over(false);
    root.querySelector(".zone").ondrop = (event) => {
      over(false)(event);
      this.add([...event.dataTransfer.files]);
    };
  }

  add(files) {
    const chosen = this.data.multiple ? files : files.slice(0, 1);
    for (const file of chosen) {
      const mark = markOf(file);
      if (this.transfers.some((t) => t.mark === mark && t.busy)) continue;
      this.transfers = this.transfers.filter((t) => t.mark !== mark);
      this.offers = (this.offers ?? []).filter((offer) => offer.mark !== mark);
      this.transfers.push(new Transfer(this, file, mark));
    }
    if (files.length > chosen.length) this.say(this.data.words.one);
    this.next();
  }

  // One file at a time: several at once would only share the same line.
  next() {
    const waiting = this.transfers.find((t) => t.state === "queued");
    if (waiting && !this.transfers.some((t) => t.running)) waiting.run().then(() => this.next());
    this.paint();
    this.handOver();
  }

  // The page is told until it says that it knows: a message into a broken connection is lost.
  handOver(wait = RESEND_MS) {
    clearTimeout(this.resending);
    const done = this.transfers.filter((t) => t.state === "done");
    if (!this.view || !done.length || this.transfers.some((t) => t.busy)) return;
    // The page may now show something else, so what was refused is told along.
    const failed = this.transfers.filter((t) => t.state === "failed").map((t) => [t.file.name, t.reason]);
    this.deliver({ ids: done.map((t) => t.id), failed });
    this.resending = setTimeout(() => this.handOver(2 * wait), wait);
  }

  drop(transfer) {
    this.transfers = this.transfers.filter((t) => t !== transfer);
    this.say(fill(this.data.words.cancelled, { name: transfer.file.name }));
    this.next();
  }

  async findOffers() {
    this.offers = [];
    for (const [mark, kept] of remembered()) {
      if (kept.slot !== this.name || this.transfers.some((t) => t.mark === mark)) continue;
      const answer = await ask("HEAD", `/api/upload/${kept.id}`, this.data.token).catch(() => null);
      if (answer && answer.ok) {
        const [name, size] = JSON.parse(mark);
        this.offers.push({ mark, name, size, id: kept.id, offset: extent(answer) });
      } else if (answer && answer.status === 404) forget(mark);
    }
    this.paint();
  }

  async discard(offer) {
    this.offers = this.offers.filter((other) => other !== offer);
    forget(offer.mark);
    this.paint();
    await ask("DELETE", `/api/upload/${offer.id}`, this.data.token).catch(() => null);
  }

  say(words) {
    if (this.view) this.view.querySelector(".news").textContent = words;
  }

  paint() {
    if (!this.view) return;
    clearTimeout(this.painting);
    this.painting = null;
    const rows = this.view.querySelector(".rows");
    const wanted = [
      ...this.transfers.map((t) => [t.mark, () => t.paint(rowOf(rows, t.mark))]),
      ...(this.offers ?? []).map((o) => [o.mark, () => this.paintOffer(rowOf(rows, o.mark), o)]),
    ];
    const marks = wanted.map(([mark]) => mark);
    for (const row of [...rows.children]) if (!marks.includes(row.dataset.mark)) row.remove();
    for (const [, draw] of wanted) draw();
  }

  paintSoon() {
    this.painting ??= setTimeout(() => this.paint(), PAINT_MS);
  }

  paintOffer(row, offer) {
    const words = this.data.words;
    const facts = fill(words.offer, { share: percent(offer.offset, offer.size), size: sizeOf(offer.size) });
    fillRow(row, { name: offer.name, facts, share: offer.offset / offer.size, failed: false });
    actions(row, [[words.discard, () => this.discard(offer)]]);
  }
}

class Transfer {
  constructor(slot, file, mark) {
    Object.assign(this, { slot, file, mark, state: "queued", offset: 0, sent: 0, running: false });
    this.id = recall(mark);
    this.synced = false; // do we know how much the server has?
    this.marks = []; // [milliseconds, bytes sent], the last few seconds
    this.moved = performance.now();
  }

  get busy() {
    return ["queued", "sending", "waiting"].includes(this.state);
  }

  get words() {
    return this.slot.data.words;
  }

  async run() {
    this.running = true;
    this.turn("sending");
    this.moved = performance.now();
    let wait = FIRST_WAIT_MS;
    while (this.busy) {
      const before = this.offset;
      try {
        await this.step();
      } catch (problem) {
        if (!this.busy) break; // cancelled meanwhile
        if (problem instanceof Final || !(await readable(this.file))) {
          this.reason = problem instanceof Final ? problem.message : this.words.unreadable;
          this.hopeless = !(problem instanceof Final && problem.later);
          this.turn("failed");
        } else if (performance.now() - this.moved > PATIENCE_MS) {
          this.reason = this.words.given_up;
          this.hopeless = false;
          this.turn("failed");
        } else {
          this.synced = false;
          this.turn("waiting");
          await this.pause(wait);
          wait = Math.min(2 * wait, LONGEST_WAIT_MS);
        }
      }
      if (this.offset > before) wait = FIRST_WAIT_MS;
    }
    this.running = false;
    if (this.state === "done") this.slot.say(fill(this.words.done, { name: this.file.name }));
    if (this.state === "failed") this.slot.say(this.reason);
  }

  // Announce, or ask how far it is, or send one piece.
  async step() {
    const token = this.slot.data.token;
    if (!this.id) {
      const query = new URLSearchParams({ name: this.file.name, size: this.file.size });
      const answer = await ask("POST", `/api/upload?${query}`, token);
      this.id = (await understood(answer)).upload;
      remember(this.mark, { id: this.id, slot: this.slot.name });
      this.synced = true;
      this.reach(0);
    } else if (!this.synced) {
      const answer = await ask("HEAD", `/api/upload/${this.id}`, token);
      if (answer.status === 404) return this.startOver();
      if (!answer.ok) await understood(answer);
      this.synced = true;
      this.reach(extent(answer));
    } else await this.send(token);
  }

  startOver() {
    forget(this.mark);
    this.id = null;
    this.synced = false;
    this.reach(0);
  }

  async send(token) {
    const piece = this.file.slice(this.offset, this.offset + PIECE);
    const url = `/api/upload/${this.id}?offset=${this.offset}`;
    this.turn("sending");
    const { status, answer } = await this.put(url, token, piece);
    if (status === 409) this.reach(answer.offset);
    else if (status === 404) this.startOver();
    else if (status === 201) {
      this.reach(answer.bytes);
      forget(this.mark);
      this.turn("done");
    } else if (status === 200) this.reach(answer.offset);
    else throw problemOf(status, answer);
  }

  // XMLHttpRequest, as fetch tells nothing of bytes that are on their way.
  put(url, token, piece) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      const from = this.offset;
      let stall;
      const alive = () => {
        clearTimeout(stall);
        stall = setTimeout(() => request.abort(), STALL_MS);
      };
      request.open("PUT", url);
      request.setRequestHeader("x-rankscope-token", token);
      request.upload.onprogress = (event) => {
        alive();
        this.reachFor(from + event.loaded);
      };
      request.onload = () => resolve({ status: request.status, answer: parsed(request.responseText) });
      request.onerror = request.onabort = () => reject(new Error("network"));
      request.onloadend = () => clearTimeout(stall);
      alive();
      request.send(piece);
    });
  }

  reach(offset) {
    if (offset > this.offset) this.moved = performance.now();
    this.offset = offset;
    this.reachFor(offset);
  }

  reachFor(sent) {
    const now = performance.now();
    if (sent < this.sent || this.marks.length === 0) this.marks = [];
    this.sent = sent;
    this.marks.push([now, sent]);
    this.marks = this.marks.filter(([at]) => now - at < RATE_WINDOW_MS);
    this.slot.paintSoon();
  }

  turn(state) {
    if (state === "waiting") this.marks = [];
    if (this.state !== state) this.state = state;
    this.slot.paintSoon();
  }

  // Ends early when the network is back, or on cancel.
  pause(milliseconds) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        removeEventListener("online", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      addEventListener("online", end);
      this.wake = end;
    });
  }

  async cancel() {
    this.state = "cancelled";
    this.request?.abort();
    this.wake?.();
    forget(this.mark);
    this.slot.drop(this);
    if (this.id) await ask("DELETE", `/api/upload/${this.id}`, this.slot.data.token).catch(() => null);
  }

  again() {
    this.synced = false;
    this.state = "queued";
    this.slot.next();
  }

  rate() {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    return this.marks.length < 2 || last[0] - first[0] < 300 ? 0 : (1000 * (last[1] - first[1])) / (last[0] - first[0]);
  }

  facts() {
    const { words, file, sent } = this;
    const total = sizeOf(file.size);
    if (this.state === "queued") return fill(words.queued, { total });
    if (this.state === "failed") return this.reason;
    if (this.state === "done") return fill(words.here, { total });
    const way = { share: percent(sent, file.size), sent: sizeOf(sent), total };
    if (this.state === "waiting") return fill(words.waiting, way);
    const rate = this.rate();
    if (!rate) return fill(words.sending, way);
    const left = timeOf((file.size - sent) / rate, words);
    return fill(words.sending_rate, { ...way, rate: sizeOf(rate), left });
  }

  paint(row) {
    const failed = this.state === "failed";
    const share = this.file.size ? this.sent / this.file.size : 0;
    fillRow(row, { name: this.file.name, facts: this.facts(), share, failed });
    const words = this.words;
    const again = failed && !this.hopeless ? [[words.again, () => this.again()]] : [];
    const end = [failed ? words.remove : words.cancel, () => this.cancel()];
    actions(row, this.state === "done" ? [] : [...again, end]);
  }
}

// The server has said no; a full disk or a lost session may pass, another kind of file will not.
class Final extends Error {
  constructor(reason, status) {
    super(reason);
    this.later = ![400, 413, 415].includes(status);
  }
}

const problemOf = (status, answer) =>
  AGAIN.includes(status) ? new Error(String(status)) : new Final(answer.error ?? `HTTP ${status}`, status);

async function understood(answer) {
  const facts = parsed(await answer.text());
  if (!answer.ok) throw problemOf(answer.status, facts);
  return facts;
}

const ask = (method, url, token) =>
  fetch(url, { method, headers: { "x-rankscope-token": token }, signal: AbortSignal.timeout(STALL_MS) });
const extent = (answer) => Number(answer.headers.get("upload-offset"));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// A folder, or a file that was moved or changed since it was chosen, cannot be read.
const readable = (file) =>
  file.slice(0, 1).arrayBuffer().then((found) => found.byteLength === 1, () => false);

// ── what this browser remembers of uploads that have not ended

const markOf = (file) => JSON.stringify([file.name, file.size, file.lastModified]);
const storage = () => {
  try {
    return window.localStorage;
  } catch {
    return null; // switched off: an upload then continues until the page is reloaded
  }
};
const remember = (mark, kept) => storage()?.setItem(KEPT + mark, JSON.stringify(kept));
const recall = (mark) => parsed(storage()?.getItem(KEPT + mark) ?? "{}").id ?? null;
const forget = (mark) => storage()?.removeItem(KEPT + mark);
const remembered = () =>
  Object.keys(storage() ?? {})
    .filter((key) => key.startsWith(KEPT))
    .map((key) => [key.slice(KEPT.length), parsed(storage().getItem(key))]);

// ── rows

function rowOf(rows, mark) {
  const found = [...rows.children].find((row) => row.dataset.mark === mark);
  if (found) return found;
  const row = document.createElement("li");
  row.className = "row";
  row.dataset.mark = mark;
  for (const [tag, name] of [["span", "name"], ["span", "actions"], ["progress", "bar"], ["span", "facts"]]) {
    const part = document.createElement(tag);
    part.className = name;
    row.append(part);
  }
  rows.append(row);
  return row;
}

function fillRow(row, { name, facts, share, failed }) {
  const bar = row.querySelector("progress");
  row.classList.toggle("failed", failed);
  row.querySelector(".name").textContent = name;
  row.querySelector(".name").title = name;
  row.querySelector(".facts").textContent = facts;
  bar.hidden = failed;
  bar.max = 1;
  bar.value = share;
  bar.setAttribute("aria-label", name);
}

// Buttons are kept while their words stay, so that a click is not lost to a repaint.
function actions(row, wanted) {
  const place = row.querySelector(".actions");
  const words = wanted.map(([label]) => label).join("\n");
  if (place.dataset.words !== words) {
    place.dataset.words = words;
    place.replaceChildren(...wanted.map(() => document.createElement("button")));
  }
  wanted.forEach(([label, act], at) => {
    place.children[at].type = "button";
    place.children[at].textContent = label;
    place.children[at].onclick = act;
  });
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const percent = (part, whole) => (whole ? Math.floor((100 * part) / whole) : 0);

function sizeOf(bytes) {
  const unit = bytes >= 2 ** 30 ? ["GB", 30] : bytes >= 2 ** 20 ? ["MB", 20] : ["kB", 10];
  const value = bytes / 2 ** unit[1];
  return `${value.toFixed(value < 10 ? 1 : 0)}\u202f${unit[0]}`;
}

function timeOf(seconds, words) {
  if (seconds < 60) return fill(words.seconds, { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 3600) return fill(words.minutes, { n: Math.round(seconds / 60) });
  return fill(words.hours, { n: (seconds / 3600).toFixed(1) });
}
