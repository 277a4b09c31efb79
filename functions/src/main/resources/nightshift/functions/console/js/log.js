// A run's log as a list that is drawn where it is looked at: any number of lines, each as high as its text needs.

import { Heights, LINE } from './heights.js';
import { itemOf } from './logitem.js';

const TALLEST = 30_000_000; // px: browsers end a little above
const PART = 5_000; // characters of a line that are shown at first
const AROUND = 16; // lines drawn above and below what is seen
const PAGE = 128; // lines asked for at once
const PAGES_KEPT = 24;

/// Asks the worker that keeps the log.
export class LogSource {
    #worker;
    #waiting = new Map();
    #asked = 0;

    /// @param heard is called with the state each time that it has changed
    constructor(heard) {
        this.#worker = new Worker(new URL('./logworker.js', import.meta.url), { type: 'module' });
        this.#worker.onmessage = ({ data }) => {
            if (data.state) {
                heard(data.state);
            } else {
                this.#waiting.get(data.id)?.(data.answer);
                this.#waiting.delete(data.id);
            }
        };
    }

    tell(verb, request = {}) {
        this.#worker.postMessage({ ...request, verb });
    }

    ask(verb, request = {}) {
        const id = ++this.#asked;
        this.#worker.postMessage({ ...request, verb, id });
        return new Promise((answered) => this.#waiting.set(id, answered));
    }

    close() {
        this.#worker.terminate();
    }
}

export class LogList {
    #element;
    #list;
    #source;
    #options;
    #heights = new Heights();
    #pages = new Map();
    #drawn = new Map(); // the elements by row
    #whole = {}; // how much of long lines is shown, by line
    #asking = new Set();
    #edition = 0; // of the rows: another filter makes others
    #lastTop = 0;
    #goal = null; // a row that is to stay where it is: { row, y }
    #words = null;
    #hit = null; // { line, nth }
    #pinned = false; // to the end, until somebody scrolls up
    #planned = 0;
    #resized;
    #width = 0;
    target = -1; // the line of the address
    following = false;

    /// @param element the scroller, which holds a list
    /// @param options {address(line), followed(boolean)}
    constructor(element, source, options) {
        this.#element = element;
        this.#list = element.querySelector('ol');
        this.#source = source;
        this.#options = options;
        element.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.#resized = new ResizeObserver(() => {
            if (this.#width !== element.clientWidth) {
                this.#width = element.clientWidth;
                this.#forgetHeights();
            }
            this.#plan();
        });
        this.#resized.observe(element);
    }

    close() {
        this.#resized.disconnect();
        cancelAnimationFrame(this.#planned);
    }

    /// Takes the number of rows; new rows may follow the old ones.
    grow(rows) {
        if (rows < this.#heights.count) return this.restart(rows);
        if (rows === this.#heights.count) return undefined;
        this.#heights.grow(rows);
        return this.#plan();
    }

    /// Shows other rows.
    restart(rows) {
        this.#edition++;
        this.#heights = new Heights();
        this.#heights.grow(rows);
        this.#pages.clear();
        this.#asking.clear();
        this.#drawn.clear();
        this.#list.replaceChildren();
        this.#goal = null;
        this.#pinned = false;
        this.#plan();
    }

    #forgetHeights() {
        const top = this.#heights.count ? this.#heights.at(this.#virtual(this.#element.scrollTop)) : 0;
        const heights = new Heights();
        heights.grow(this.#heights.count);
        this.#heights = heights;
        if (!this.following && this.#heights.count) this.#goal ??= { row: top, y: 0 };
    }

    /// Marks what is found; hit is the current one, {line, nth}.
    mark(words, hit) {
        const changed = (words || null) !== this.#words;
        const before = this.#hit;
        this.#words = words || null;
        this.#hit = hit;
        for (const [row, { item, data }] of this.#drawn) {
            if (changed || data.line === before?.line || data.line === hit?.line) this.#replace(row, item, data);
        }
        this.#plan();
    }

    /// Brings a row into view, a third below the top.
    show(row, line, end = 0) {
        if (end > PART && !(this.#whole[line] > end)) {
            this.#whole[line] = end + 2_000;
            this.#forget(row);
        }
        this.follow(false);
        this.#pinned = false;
        const top = this.#heights.top(row);
        const from = this.#virtual(this.#element.scrollTop);
        const seen = this.#drawn.has(row) && top >= from + LINE && top + LINE * 2 <= from + this.#element.clientHeight && end <= 2_000;
        if (!seen) {
            this.#goal = { row, y: Math.round(this.#element.clientHeight / 3) };
            this.#keepGoal();
        }
        this.#plan();
    }

    /// Marks the line of the address.
    setTarget(line) {
        this.target = line;
        for (const { item, data } of this.#drawn.values()) item.classList.toggle('target', data.line === line);
    }

    follow(wanted) {
        if (this.following === wanted) return;
        this.following = wanted;
        if (wanted) this.#goal = null;
        this.#options.followed(wanted);
        this.#plan();
    }

    end() {
        this.#goal = null;
        this.#pinned = true;
        this.#plan();
    }

    home() {
        this.follow(false);
        this.#pinned = false;
        this.#goal = null;
        this.#scrollTo(0);
        this.#plan();
    }

    // Beyond the tallest element a browser can lay out, the scroll bar stands for more than its own height.

    get #height() {
        return Math.min(this.#heights.total, TALLEST);
    }

    #virtual(scroll) {
        const { total } = this.#heights;
        if (total <= TALLEST) return scroll;
        const seen = this.#element.clientHeight;
        return (scroll / (TALLEST - seen)) * (total - seen);
    }

    #scroll(virtual) {
        const { total } = this.#heights;
        if (total <= TALLEST) return virtual;
        const seen = this.#element.clientHeight;
        return (virtual / (total - seen)) * (TALLEST - seen);
    }

    #scrollTo(top) {
        this.#element.scrollTop = top;
        this.#lastTop = this.#element.scrollTop;
    }

    #scrolled() {
        const top = this.#element.scrollTop;
        if (top < this.#lastTop - 1) {
            this.#pinned = false;
            this.follow(false);
        } else if (top > this.#lastTop + 1 && this.#atEnd() && this.#options.mayFollow()) {
            this.follow(true);
        }
        if (Math.abs(top - this.#lastTop) > 1) this.#goal = null;
        this.#lastTop = top;
        this.#plan();
    }

    #atEnd() {
        return this.#element.scrollTop + this.#element.clientHeight >= this.#element.scrollHeight - 2;
    }

    #keepGoal() {
        if (!this.#goal) return;
        this.#layout();
        this.#scrollTo(Math.max(0, this.#scroll(this.#heights.top(this.#goal.row) - this.#goal.y)));
    }

    #plan() {
        if (this.#planned) return;
        this.#planned = requestAnimationFrame(() => {
            this.#planned = 0;
            this.#draw();
        });
    }

    #layout(first = 0, bottom = 0) {
        const from = this.#virtual(this.#element.scrollTop);
        const above = this.#heights.top(first) - from + this.#element.scrollTop;
        this.#list.style.paddingTop = `${Math.max(0, above)}px`;
        this.#list.style.paddingBottom = `${Math.max(0, this.#height - above - bottom)}px`;
    }

    #draw() {
        const { count } = this.#heights;
        if (!count || !this.#element.isConnected || !this.#element.clientHeight) return;
        if (this.following || this.#pinned) {
            this.#list.style.paddingBottom = `${this.#height}px`;
            this.#scrollTo(this.#scroll(Math.max(0, this.#heights.total - this.#element.clientHeight)));
        }
        for (let pass = 0; pass < 3 && this.#drawOnce(count); pass++);
    }

    /// Returns whether heights have changed, so that other rows may be in view.
    #drawOnce(count) {
        const from = this.#virtual(this.#element.scrollTop);
        const anchor = this.#goal?.row ?? this.#heights.at(from);
        const first = Math.max(0, this.#heights.at(from) - AROUND);
        const last = Math.min(count, this.#heights.at(from + this.#element.clientHeight) + 1 + AROUND);
        const ready = this.#fetch(first, last);
        for (const [row, { item }] of this.#drawn) {
            if (row < first || row >= last) {
                item.remove();
                this.#drawn.delete(row);
            }
        }
        let before = null;
        for (let row = first; row < last; row++) {
            const data = this.#row(row);
            let shown = this.#drawn.get(row);
            if (!shown || shown.data !== data) {
                const item = this.#item(data);
                if (shown) shown.item.replaceWith(item);
                else if (before) before.after(item);
                else this.#list.prepend(item);
                shown = { item, data };
                this.#drawn.set(row, shown);
            }
            before = shown.item;
        }
        let changed = 0;
        let above = 0;
        let bottom = 0;
        for (let row = first; row < last; row++) {
            const height = this.#drawn.get(row).item.getBoundingClientRect().height;
            const change = this.#row(row).waiting ? 0 : this.#heights.set(row, height);
            changed += Math.abs(change);
            if (row < anchor) above += change;
            bottom += height;
        }
        this.#layout(first, bottom);
        if (this.following || this.#pinned) {
            this.#scrollTo(this.#element.scrollHeight);
        } else if (this.#goal) {
            this.#scrollTo(Math.max(0, this.#scroll(this.#heights.top(this.#goal.row) - this.#goal.y)));
            this.#layout(first, bottom);
        } else if (above) {
            this.#scrollTo(this.#scroll(from + above));
            this.#layout(first, bottom);
        }
        return ready && changed > 0;
    }

    #row(row) {
        return this.#pages.get(Math.floor(row / PAGE))?.[row % PAGE] ?? WAITING;
    }

    #forget(row) {
        this.#pages.delete(Math.floor(row / PAGE));
    }

    /// Asks for the rows that are missing. Returns whether all are there.
    #fetch(first, last) {
        let ready = true;
        for (let page = Math.floor(first / PAGE); page * PAGE < last; page++) {
            const size = Math.min(PAGE, this.#heights.count - page * PAGE);
            const kept = this.#pages.get(page);
            if (kept) {
                this.#pages.delete(page); // the latest used is the last
                this.#pages.set(page, kept);
                if (kept.length >= size) continue; // else lines have come since
            }
            ready = false;
            if (this.#asking.has(page)) continue;
            this.#asking.add(page);
            const edition = this.#edition;
            this.#source.ask('rows', { from: page * PAGE, to: page * PAGE + size, whole: this.#whole }).then((rows) => {
                if (edition !== this.#edition) return;
                this.#asking.delete(page);
                this.#pages.set(page, rows.map((row, at) => (isSame(row, kept?.[at]) ? kept[at] : row)));
                for (const oldest of this.#pages.keys()) {
                    if (this.#pages.size <= PAGES_KEPT) break;
                    this.#pages.delete(oldest);
                }
                this.#plan();
            });
        }
        return ready;
    }

    #item(data) {
        const look = { address: this.#options.address, target: this.target, words: this.#words, hit: this.#hit };
        return itemOf(data, look, () => {
            this.#whole[data.line] = data.text.length + 4 * PART;
            this.#forget(data.row);
            this.#plan();
        });
    }

    #replace(row, item, data) {
        const other = this.#item(data);
        item.replaceWith(other);
        this.#drawn.set(row, { item: other, data });
    }
}

const WAITING = { waiting: true };

function isSame(row, other) {
    return other && row.line === other.line && row.text.length === other.text.length && row.says === other.says;
}
