// Keeps a run's log and searches it, so that the page itself never waits for either.

import { KINDS, numberOf } from './loglines.js';
import { LogStore, Search } from './logstore.js';

/// A longer text is shown in parts.
const PART = 5_000;
const SLICE_MILLIS = 30;

let store = new LogStore();
let kind = null; // the number of the kind that is shown; null: all
let shown = []; // the lines that are shown, if a kind is chosen
let shownUpTo = 0;
let search = null;
let loaded = false;
let failed = null;
let saying = false;
let loading = 0;

const encoder = new TextEncoder();

onmessage = async ({ data }) => {
    let answer;
    try {
        answer = await requests[data.verb](data);
    } finally { // whoever asks waits for it
        if (data.id !== undefined) postMessage({ id: data.id, answer });
    }
};

const requests = {
    async open({ url, headers }) {
        const mine = ++loading;
        store = new LogStore();
        loaded = false;
        failed = null;
        restart();
        try {
            const response = await fetch(url, { headers, cache: 'no-store', credentials: 'omit' });
            if (!response.ok) throw Object.assign(new Error(`The log was answered with ${response.status}`), { status: response.status });
            const reader = response.body.getReader();
            for (let read = await reader.read(); !read.done && mine === loading; read = await reader.read()) {
                store.append(read.value);
                grown();
            }
            if (mine !== loading) return reader.cancel();
            store.end();
            loaded = true;
        } catch (error) {
            if (mine !== loading) return undefined;
            failed = { message: error.message, status: error.status ?? 0 };
        }
        grown();
        return undefined;
    },

    append({ text }) {
        store.append(encoder.encode(text));
        store.end();
        grown();
    },

    rows({ from, to, whole }) {
        const rows = [];
        for (let row = from; row < Math.min(to, count()); row++) rows.push(read(row, whole));
        return rows;
    },

    filter({ name }) {
        kind = name ? numberOf(name) : null;
        restart();
        grown();
        return count();
    },

    find({ words }) {
        search = words ? new Search(store, words, kind) : null;
        if (search) look(search);
        say();
    },

    hit({ number }) {
        const hit = search?.at(number);
        if (!hit) return null;
        const range = search.hits(store.entry(hit.line).text)[hit.nth];
        return { ...hit, row: rowOf(hit.line), end: range?.[1] ?? 0 };
    },

    nearest({ line }) {
        return search ? search.from(line) : 0;
    },

    row({ line }) {
        return rowOf(line);
    },

    size() {
        return { lines: store.lines };
    },

    /// The number of the last line of a kind, counted from 1; null if there is none.
    lastOf({ name }) {
        for (let line = store.lines - 1; line >= 0; line--) if (store.kind(line) === numberOf(name)) return line + 1;
        return null;
    },

    tail({ first, late }) {
        return store.tail(first, late);
    },

    blob() {
        return store.blob();
    },
};

function restart() {
    shown = [];
    shownUpTo = 0;
    if (search) search = new Search(store, search.words, kind);
}

function count() {
    return kind === null ? store.lines : shown.length;
}

function lineOf(row) {
    return kind === null ? row : shown[row];
}

/// The row that shows a line, or the next one that is shown.
function rowOf(line) {
    if (kind === null) return Math.min(line, store.lines - 1);
    let low = 0;
    let high = shown.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (shown[middle] < line) low = middle + 1;
        else high = middle;
    }
    return Math.min(low, shown.length - 1);
}

function read(row, whole) {
    const line = lineOf(row);
    const entry = store.entry(line);
    const limit = Math.max(PART, whole?.[line] ?? 0);
    const changed = row === 0 || store.kind(lineOf(row - 1)) !== store.kind(line);
    return {
        row,
        line,
        kind: entry.kind,
        says: changed || entry.kind === 'warn' || entry.kind === 'error',
        after: entry.at - store.startedAt,
        at: entry.at,
        text: entry.text.slice(0, limit),
        more: Math.max(0, entry.text.length - limit),
    };
}

function grown() {
    if (kind !== null) {
        for (; shownUpTo < store.lines; shownUpTo++) if (store.kind(shownUpTo) === kind) shown.push(shownUpTo);
    }
    if (search && !search.looking) look(search);
    say();
}

/// Looks through the log in slices, so that questions are answered in between.
function look(mine) {
    if (mine !== search) return;
    const until = performance.now() + SLICE_MILLIS;
    while (!mine.done && performance.now() < until) mine.step();
    mine.looking = !mine.done;
    say();
    if (mine.looking) later(() => look(mine));
}

const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

function later(task) {
    waiting.push(task);
    channel.port2.postMessage(null);
}

/// Says how far it is, at most every 60 ms, and always the last state.
function say() {
    if (saying) return;
    saying = true;
    setTimeout(() => {
        saying = false;
        postMessage({
            state: {
                lines: store.lines,
                rows: count(),
                bytes: store.bytes,
                counts: Object.fromEntries(KINDS.map((name, number) => [name, store.counts[number]])),
                startedAt: store.startedAt,
                loaded,
                failed,
                words: search?.words ?? '',
                found: search?.found ?? 0,
                searched: search ? loaded && search.done : true,
            },
        });
    }, 60);
}
