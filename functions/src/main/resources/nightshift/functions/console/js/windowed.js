// A long list in the page of which only the part in sight is drawn. Its items are of a few kinds, and every kind has one
// height, which is measured.

const SPARE = 400; // px above and below

export class Windowed {
    /**
     * @param kindOf an item's kind
     * @param heights the supposed height of each kind in px
     * @param redraw is called when other items come into sight
     */
    constructor(kindOf, heights, redraw) {
        this.kindOf = kindOf;
        this.supposed = heights;
        this.heights = { ...heights };
        this.redraw = redraw;
        this.items = [];
        this.tops = [0];
        this.before = 0;
        this.scrolled = () => this.look();
        window.addEventListener('scroll', this.scrolled, { passive: true });
        window.addEventListener('resize', this.scrolled, { passive: true });
    }

    close() {
        window.removeEventListener('scroll', this.scrolled);
        window.removeEventListener('resize', this.scrolled);
    }

    of(items) {
        this.items = items;
        this.measure();
    }

    /** The heights are measured anew. */
    forget() {
        this.heights = { ...this.supposed };
        this.measured = false;
    }

    measure() {
        this.tops = [0];
        for (const item of this.items) this.tops.push(this.tops.at(-1) + this.heights[this.kindOf(item)]);
    }

    /** The items to draw: from first to before last. */
    range() {
        const from = this.before === 0 ? 0 : window.scrollY - this.before;
        const first = this.at(from - SPARE);
        const last = Math.min(this.at(from + window.innerHeight + SPARE) + 1, this.items.length);
        this.seen = { first, last };
        return this.seen;
    }

    at(height) {
        let low = 0;
        let high = this.items.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.tops[middle + 1] <= height) low = middle + 1;
            else high = middle;
        }
        return Math.min(low, this.items.length);
    }

    look() {
        const { first, last } = this.seen ?? {};
        const now = this.range();
        if (now.first !== first || now.last !== last) this.redraw();
    }

    /** Gives the gaps their heights, and corrects the supposed heights by what the page shows. */
    drawn(list) {
        if (!list) return;
        const before = list.querySelector('.gap.before');
        const after = list.querySelector('.gap.after');
        this.before = before.getBoundingClientRect().top + window.scrollY;
        let changed = false;
        const done = new Set();
        for (const element of list.querySelectorAll('[data-at]')) {
            const item = this.items[Number(element.dataset.at)];
            const kind = item && this.kindOf(item);
            if (!kind || done.has(kind)) continue;
            done.add(kind);
            const height = element.getBoundingClientRect().height;
            if (Math.abs(height - this.heights[kind]) > 0.01) {
                this.heights[kind] = height;
                changed = true;
            }
        }
        if (changed) {
            this.measure();
            this.look();
        }
        const { first, last } = this.seen ?? { first: 0, last: 0 };
        before.style.height = `${this.tops[Math.min(first, this.items.length)]}px`;
        after.style.height = `${this.tops[this.items.length] - this.tops[Math.min(last, this.items.length)]}px`;
    }

    /** Scrolls so far that an item is in sight. */
    reveal(index, { top = 90, bottom = 60 } = {}) {
        const from = this.before + this.tops[index];
        const to = this.before + this.tops[index + 1];
        if (from < window.scrollY + top) window.scrollTo(0, from - top);
        else if (to > window.scrollY + window.innerHeight - bottom) window.scrollTo(0, to - window.innerHeight + bottom);
    }
}
