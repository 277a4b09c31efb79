// All keys of the keyboard.
import { html } from './dom.js';

const KEYS = [
    [['/'], 'Search automations; on a run: search its log'],
    [['g', 'n'], 'Tonight'],
    [['g', 'a'], 'Automations'],
    [['g', 'h'], 'Health'],
    [['g', 'c'], 'Channels'],
    [['?'], 'This page'],
    [['\u2191', '\u2193'], 'Rows'],
    [['\u2190', '\u2192'], 'Marks of a row'],
    [['Home', 'End'], 'First and last row, first and last mark'],
    [['Enter'], 'Open the row or the mark'],
    [['Esc'], 'Close or clear'],
    [['n'], 'Next match in a log; N is the one before'],
    [['f'], 'Follow a log'],
    [['End'], 'Last line of a log'],
];

export function view() {
    return {
        title: 'Keys',
        draw: () => html`<div class="page"><h1>Keys</h1>
            <p class="soft">None of them works in a field, and none of them changes anything.</p>
            <dl class="facts">${KEYS.map(([keys, words]) =>
                html`<dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${words}</dd>`)}</dl></div>`,
    };
}
