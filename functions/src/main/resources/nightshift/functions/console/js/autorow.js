// What a row of the automations' list shows.
import { html, mark, nothing, svg } from './dom.js';
import { clock, instant, near, place, sameZone } from './time.js';
import { shown } from './text.js';
import { kindOf, number, rank, word } from './words.js';

export const RECENT = 14; // outcomes
const STEP = 12; // px of an outcome

/** When it starts next, in the viewer's zone and in its own: two cells. */
export function next(frame, row) {
    const at = instant(row.next_run_at);
    const { zone } = frame;
    const failed = row.sync?.state === 'failed';
    if (!row.enabled) return html`<span role="cell" class="num"><span class="soft">paused</span></span><span role="cell" class="there clip">${row.paused_reason ? 'by its failures' : ''}</span>`;
    if (failed) return html`<span role="cell" class="num">${mark('off')} </span><span role="cell" class="there clip">not in force</span>`;
    if (Number.isNaN(at)) return html`<span role="cell" class="num"></span><span role="cell" class="there"></span>`;
    return html`<span role="cell" class="num">${near(at, frame.now(), zone)}</span><span role="cell" class="there clip">${sameZone(at, zone, row.timezone)
        ? nothing : `${clock(at, row.timezone)} ${place(row.timezone)}`}</span>`;
}

export function rowHeight() {
    return matchMedia('(max-width: 700px)').matches ? 60 : 26;
}

/** The schedule in words, without its zone, which has a column of its own. */
export function schedule(row) {
    const zone = `, ${row.timezone}`;
    const text = row.description ?? row.cron_expression;
    return text.endsWith(zone) ? text.slice(0, -zone.length) : text;
}

/** The last outcomes, the newest at the right. */
export function recent(row) {
    const kinds = (row.recent ?? []).map((each) => kindOf(typeof each === 'string' ? each : each.run_status ?? each.status)).slice(0, RECENT).reverse();
    if (!kinds.length) return html`<span class="soft">none yet</span>`;
    const counts = new Map();
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const name = [...counts].sort(([one], [other]) => rank(one) - rank(other)).map(([kind, n]) => `${n} ${word(kind)}`).join(', ');
    return html`<svg class="strip" role="img" aria-label="The last ${kinds.length}: ${name}; the latest ${word(kinds.at(-1))}" width=${RECENT * STEP} height="26">${kinds.map(
        (kind, at) => svg`<g class=${kind}><use href="#m-${kind}" x=${(RECENT - kinds.length + at) * STEP + STEP / 2} y="13"></use></g>`)}</svg>`;
}

function firstCurl(project) {
    return `curl "$NIGHTSHIFT_URL/api/projects/${project}/task_automations/" \\
  -X POST -H "Authorization: Bearer $NIGHTSHIFT_KEY" -H 'Content-Type: application/json' \\
  -d '{"name": "Bump dependencies", "prompt": "Update the dependencies", "repository": "acme/shop", "cron_expression": "10 2 * * *"}'`;
}

/** In place of the rows, when there are none. */
export function empty(frame, { search, filtered, total }) {
    if (filtered) {
        const what = search ? html`matches &lsquo;${shown(search)}&rsquo;` : html`is like that`;
        return html`<p class="empty">None of ${number(total ?? 0)} ${what}. <a href=${frame.address('automations')}>${search ? 'Clear the search' : 'Show all'}</a></p>`;
    }
    return html`<div class="empty"><p>There is no automation yet.</p>
        ${frame.mayWrite ? html`<p class="actions"><a class="button main" href=${frame.address('automations', ['new'])}>Create the first automation</a></p>` : nothing}
        <pre tabindex="0" role="region" aria-label="The same with curl">${firstCurl(frame.project?.id ?? 1)}</pre></div>`;
}
