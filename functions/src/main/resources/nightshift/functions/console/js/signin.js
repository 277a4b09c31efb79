// Signing in, and the key of this tab: whose it is, the project, the theme, signing out.
import { html, live, nothing } from './dom.js';
import { isRemembered, theme } from './keep.js';
import { plain, shown } from './text.js';

export function view(frame, route) {
    return route.view === 'key' && hasSession(frame) ? keyView(frame) : signInView(frame);
}

function hasSession(frame) {
    try {
        return Boolean(frame.me);
    } catch {
        return false;
    }
}

function signInView(frame) {
    let wrong = frame.refusal ? sentence(frame.refusal) : '';
    let busy = false;
    frame.refusal = null;

    async function submit(event) {
        event.preventDefault();
        const form = new FormData(event.target);
        const key = form.get('key').trim();
        if (!key) {
            wrong = 'Paste a key first.';
            frame.redraw();
            return;
        }
        busy = true;
        wrong = '';
        frame.redraw();
        try {
            await frame.enter(key, form.get('remember') !== null);
        } catch (refused) {
            busy = false;
            wrong = sentence(refused);
            frame.redraw();
        }
    }

    return {
        title: 'Sign in',
        draw: () => html`<div class="sheet">
            <h1>Nightshift</h1>
            <p>Paste an API key to see the night. It goes to this address only.</p>
            <form class="form" @submit=${submit}>
                <div><label for="key">API key</label>
                    <input id="key" name="key" type="password" autocomplete="off" spellcheck="false"
                        placeholder="phx_..." aria-describedby=${wrong ? 'wrong' : nothing} aria-invalid=${wrong ? 'true' : nothing}>
                    ${wrong ? html`<p class="wrong" id="wrong" role="alert">${wrong}</p>` : nothing}</div>
                <label class="check"><input type="checkbox" name="remember"> Remember the key on this computer. Otherwise it is gone with the tab.</label>
                <div><button class="button main" type="submit" ?disabled=${busy}>Sign in</button></div>
            </form>
        </div>`,
    };
}

function sentence(refused) {
    if (refused.status === 401) return 'The API does not know this key, or it is no longer in force.';
    if (refused.status) return plain(refused.message);
    return 'The API did not answer. Is the connection there?';
}

function keyView(frame) {
    const { me } = frame;
    const person = [me.owner?.first_name, me.owner?.last_name].filter(Boolean).join(' ') || me.owner?.email;
    return {
        title: 'Key',
        draw: () => html`<div class="page">
            <h1>The key of this tab</h1>
            <dl class="facts">
                <dt>Label</dt><dd>${shown(me.label)}</dd>
                <dt>Owner</dt><dd>${shown(person)}</dd>
                <dt>It may</dt><dd>${frame.mayWrite ? 'read and write' : 'read'}<span class="soft"> (${shown(me.scopes.join(', '))})</span></dd>
                <dt>Kept</dt><dd>${isRemembered() ? 'on this computer, until you sign out' : 'for this tab only'}</dd>
                <dt><label for="project">Project</label></dt><dd>${projects(frame)}</dd>
                <dt><label for="theme">Theme</label></dt><dd><select id="theme" .value=${live(theme())} @change=${(event) =>
                    theme(event.target.value)}><option value="">As the system</option><option value="light">Light</option><option value="dark">Dark</option></select></dd>
            </dl>
            <p class="actions"><button class="button" type="button" @click=${() => frame.leave()}>Sign out</button></p>
        </div>`,
    };
}

/** The projects of the key to choose from; of a key of all projects, the number of one. */
function projects(frame) {
    const { me, project } = frame;
    if (!me.projects) {
        return html`<input id="project" type="number" min="1" .value=${live(String(project.id))} @change=${(event) =>
            frame.choose({ id: event.target.value, name: `Project ${event.target.value}` })}>`;
    }
    return html`<select id="project" @change=${(event) =>
        frame.choose(me.projects.find((each) => String(each.id) === event.target.value))}>${me.projects.map((each) =>
        html`<option value=${each.id} ?selected=${each.id === project?.id}>${shown(each.name)}</option>`)}</select>`;
}
