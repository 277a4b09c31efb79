// The bytes of a log with an index of its lines: a hundred megabytes cost little more than themselves. Text is made of what is
// shown or searched alone.

import { KindReader, KINDS, parse, textOf } from './loglines.js';

const BLOCK = 4 << 20;
const LINE_FEED = 10;

/// An array of numbers that grows.
class Numbers {
    length = 0;

    constructor(type) {
        this.array = new type(1024);
    }

    push(number) {
        if (this.length === this.array.length) {
            const larger = new this.array.constructor(this.length * 2);
            larger.set(this.array);
            this.array = larger;
        }
        this.array[this.length++] = number;
    }
}

export class LogStore {
    #blocks = [];
    #ends = new Numbers(Uint32Array);
    #kinds = new Numbers(Uint8Array);
    #times = new Numbers(Float64Array);
    #kindReader = new KindReader();
    #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    bytes = 0;
    /// How many lines there are of each kind.
    counts = new Uint32Array(KINDS.length);
    /// The time of the first line that has one.
    startedAt = NaN;

    get lines() {
        return this.#ends.length;
    }

    kind(line) {
        return this.#kinds.array[line];
    }

    /// Adds bytes as they come: a line may be cut anywhere.
    append(bytes) {
        for (let from = 0; from < bytes.length; ) {
            const within = this.bytes % BLOCK;
            if (within === 0) this.#blocks.push(new Uint8Array(BLOCK));
            const part = bytes.subarray(from, from + BLOCK - within);
            this.#blocks.at(-1).set(part, within);
            const began = this.bytes;
            this.bytes += part.length;
            from += part.length;
            this.#index(part, began);
        }
    }

    /// Says that no more bytes come for now: a last line without its end is one.
    end() {
        const last = this.#start(this.lines);
        if (this.bytes > last) this.append(new Uint8Array([LINE_FEED]));
    }

    #index(part, began) {
        const start = this.#start(this.lines);
        let before = start;
        for (let at = part.indexOf(LINE_FEED); at >= 0; at = part.indexOf(LINE_FEED, at + 1)) {
            const end = began + at + 1;
            // An empty line is no entry: it becomes the beginning of the next one, which is trimmed.
            if (end - before > 1) {
                this.#ends.push(end);
                before = end;
            }
        }
        if (before === start) return;
        for (const line of this.#texts(start, before)) {
            const { number, at } = this.#kindReader.next(line);
            this.#kinds.push(number);
            this.#times.push(at);
            this.counts[number]++;
            if (Number.isNaN(this.startedAt)) this.startedAt = at;
        }
    }

    #start(line) {
        return line === 0 ? 0 : this.#ends.array[line - 1];
    }

    #slice(from, to) {
        const block = Math.floor(from / BLOCK);
        if (to <= (block + 1) * BLOCK) return this.#blocks[block].subarray(from % BLOCK, to - block * BLOCK);
        const whole = new Uint8Array(to - from);
        for (let at = from; at < to; ) {
            const part = this.#blocks[Math.floor(at / BLOCK)].subarray(at % BLOCK, Math.min(BLOCK, (at % BLOCK) + to - at));
            whole.set(part, at - from);
            at += part.length;
        }
        return whole;
    }

    /// The lines between two offsets, both at the start of a line.
    #texts(from, to) {
        const text = this.#decoder.decode(this.#slice(from, to));
        return text.split('\n').filter((line) => line !== '');
    }

    /// The text of a line as it was written.
    line(line) {
        return this.#decoder.decode(this.#slice(this.#start(line), this.#ends.array[line])).trim();
    }

    /// A line read: {kind, at, text}.
    entry(line) {
        const { at, text } = parse(this.line(line));
        return { kind: KINDS[this.kind(line)], at, text };
    }

    /// Where to go on reading: a time {after} some while before the latest line, and how many lines there are after it.
    /// Lines may come late by less than that. Null without a line that has a time.
    ///
    /// @param first the first line that counts
    tail(first, late) {
        const times = this.#times.array.subarray(first, this.lines);
        const latest = times.reduce((one, other) => (other > one ? other : one), -Infinity);
        if (latest === -Infinity) return null;
        // The API may know the times of lines more exactly: none is to be as late as the limit itself.
        const taken = new Set(times);
        let after = latest - late;
        while (taken.has(after)) after--;
        return { after: new Date(after).toISOString(), count: times.reduce((sum, at) => sum + (at > after ? 1 : 0), 0) };
    }

    /// The texts of the lines from one on, as many as the size holds: {lines, next}. Without a hit of the filter the
    /// lines are null.
    chunk(from, size, filter) {
        const start = this.#start(from);
        let next = from + 1;
        let step = 1;
        // The line that ends last within the size, by halving.
        let low = next;
        let high = this.lines;
        while (low < high) {
            step = (low + high + 1) >> 1;
            if (this.#ends.array[step - 1] - start <= size) low = step;
            else high = step - 1;
        }
        next = low;
        const text = this.#decoder.decode(this.#slice(start, this.#ends.array[next - 1]));
        if (filter && !filter.test(text)) return { lines: null, next };
        return { lines: text.split('\n').filter((line) => line !== ''), next };
    }

    /// The bytes as they came, for a download.
    blob() {
        const parts = this.#blocks.map((block, at) => block.subarray(0, Math.min(BLOCK, this.bytes - at * BLOCK)));
        return new Blob(parts, { type: 'application/jsonl' });
    }
}

/// What is looked for: the words as they stand, in any case. "ESC[" and "U+202E" find what is shown by that name.
export function pattern(words) {
    const meant = words
        .replace(/ESC(?=\[)/g, '\u001b')
        .replace(/U\+([0-9A-F]{4,5})/g, (name, code) => {
            const point = parseInt(code, 16);
            return point <= 0x10ffff ? String.fromCodePoint(point) : name;
        });
    return new RegExp(meant.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
}

/// The part of the words that an entry has whenever its text has them: a block without it has no hit. Null if there is none.
/// JSON writes some characters otherwise, and a text may have blanks and signs between what its entry says.
function rough(words) {
    const safe = words.replace(/ESC(?=\[)|U\+[0-9A-F]{4,5}/g, '\u0000').match(/[!#-*,.0-9;-Z^-~]{2,}/g) ?? [];
    const longest = safe.reduce((one, other) => (other.length > one.length ? other : one), '');
    return longest === '' ? null : new RegExp(longest.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

/// A search through a log that may still grow: hits are counted in the lines that have been looked through so far.
export class Search {
    #hitLines = new Numbers(Uint32Array);
    #hitSums = new Numbers(Uint32Array);
    #next = 0;

    /// @param kind the number of the one kind that is looked through; null: all
    constructor(store, words, kind = null) {
        this.store = store;
        this.words = words;
        this.kind = kind;
        this.looking = false; // whether somebody steps through it at the moment
        this.pattern = pattern(words);
        this.rough = rough(words);
    }

    get done() {
        return this.#next >= this.store.lines;
    }

    get found() {
        return this.#hitSums.length ? this.#hitSums.array[this.#hitSums.length - 1] : 0;
    }

    /// Looks through another piece of the log.
    step(size = 1 << 18) {
        if (this.done) return;
        const { lines, next } = this.store.chunk(this.#next, size, this.rough);
        if (lines) {
            lines.forEach((line, at) => {
                if (this.kind !== null && this.store.kind(this.#next + at) !== this.kind) return;
                if (this.rough && !this.rough.test(line)) return;
                const hits = this.hits(textOf(line));
                if (hits.length) {
                    this.#hitLines.push(this.#next + at);
                    this.#hitSums.push(this.found + hits.length);
                }
            });
        }
        this.#next = next;
    }

    /// The ranges within a text.
    hits(text) {
        const ranges = [];
        this.pattern.lastIndex = 0;
        for (const hit of text.matchAll(this.pattern)) {
            if (hit[0].length) ranges.push([hit.index, hit.index + hit[0].length]);
        }
        return ranges;
    }

    /// The hit with a number, counted from 0: {line, nth}.
    at(number) {
        let low = 0;
        let high = this.#hitSums.length - 1;
        if (number < 0 || number >= this.found) return null;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.#hitSums.array[middle] > number) high = middle;
            else low = middle + 1;
        }
        const before = low === 0 ? 0 : this.#hitSums.array[low - 1];
        return { line: this.#hitLines.array[low], nth: number - before };
    }

    /// The number of the first hit in a line or after it; 0 if there is none after it.
    from(line) {
        let low = 0;
        let high = this.#hitLines.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.#hitLines.array[middle] < line) low = middle + 1;
            else high = middle;
        }
        if (low >= this.#hitLines.length) return 0;
        return low === 0 ? 0 : this.#hitSums.array[low - 1];
    }
}
