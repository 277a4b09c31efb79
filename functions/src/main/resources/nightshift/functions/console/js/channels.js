import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'channels', draw: () => html`<div class="page"><h1>channels</h1></div>` };
}
