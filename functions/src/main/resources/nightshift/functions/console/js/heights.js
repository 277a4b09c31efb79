// The heights of a list's lines, of which only some were ever drawn.

/// The least height of a line, in px.
export const LINE = 20;
const GROUP = 1024; // lines whose heights are summed up

/// The heights of the lines, each one's least height until it was drawn.
export class Heights {
    #own = new Float32Array(GROUP);
    #sums = [0];
    count = 0;
    total = 0;

    grow(count) {
        if (count > this.#own.length) {
            const larger = new Float32Array(Math.max(count, this.#own.length * 2));
            larger.set(this.#own);
            this.#own = larger;
        }
        for (; this.count < count; this.count++) {
            const group = Math.floor(this.count / GROUP);
            this.#own[this.count] = LINE;
            this.#sums[group] = (this.#sums[group] ?? 0) + LINE;
            this.total += LINE;
        }
    }

    /// Returns by how much it changes.
    set(row, height) {
        const change = height - this.#own[row];
        if (change !== 0) {
            this.#own[row] = height;
            this.#sums[Math.floor(row / GROUP)] += change;
            this.total += change;
        }
        return change;
    }

    /// Where a row begins.
    top(row) {
        const group = Math.floor(row / GROUP);
        let top = 0;
        for (let before = 0; before < group; before++) top += this.#sums[before];
        for (let at = group * GROUP; at < row; at++) top += this.#own[at];
        return top;
    }

    /// The row at a height.
    at(height) {
        let group = 0;
        let top = 0;
        while (group < this.#sums.length - 1 && top + this.#sums[group] <= height) top += this.#sums[group++];
        let row = group * GROUP;
        while (row < this.count - 1 && top + this.#own[row] <= height) top += this.#own[row++];
        return row;
    }
}
