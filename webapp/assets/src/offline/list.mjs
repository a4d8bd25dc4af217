// The list of reports that this phone has not sent yet. Its words and rows stand in the page as templates.
import { draftsOf, keep, remove, tidy, whose } from './store.mjs';
import { isUnsent, sendWaiting } from './sending.mjs';

const part = (row, name) => row.querySelector(`[data-part="${name}"]`);

function line(tag, text, address) {
  const made = document.createElement(tag);
  if (address) made.append(Object.assign(document.createElement('a'), { href: address, textContent: text }));
  else made.textContent = text;
  return made;
}

function rowOf(place, draft) {
  const row = place.querySelector('template[data-row]').content.firstElementChild.cloneNode(true);
  const words = place.querySelector(`[data-state="${draft.state}"]`);
  row.dataset.draft = draft.token;
  row.dataset.is = draft.state;
  part(row, 'title').textContent = draft.title;
  part(row, 'state').textContent = words?.textContent ?? '';
  part(row, 'photos').textContent = draft.photos.length ? part(row, 'photos').dataset.words.replace('#', draft.photos.length) : '';
  part(row, 'why').replaceChildren(
    ...(draft.problem?.errors ?? []).map(each => line('li', `${each.label} ${each.words}`)),
    ...(draft.problem?.similar ?? []).map(each => line('li', each.words, each.url)));
  if (draft.url) part(row, 'why').append(line('li', draft.number, draft.url));
  row.querySelectorAll('[data-for]').forEach(each => { each.hidden = !each.dataset.for.split(' ').includes(draft.state); });
  const edit = row.querySelector('[data-act="edit"]');
  edit.href = `${edit.dataset.address}?draft=${draft.token}`;
  return row;
}

/** Show the drafts of whoever is signed in on this phone. */
export async function show(place) {
  const mine = await draftsOf((await whose())?.account);
  place.querySelector('[data-rows]').replaceChildren(...mine.map(each => rowOf(place, each)));
  place.hidden = !mine.length;
}

const acts = {
  async send(draft) { await keep({ ...draft, state: 'waiting' }); },
  async confirm(draft) { await keep({ ...draft, state: 'waiting', isConfirmed: true }); },
  async remove(draft, place) {
    if (draft.state === 'sent' || confirm(place.dataset.sure)) await remove(draft.token);
  },
};

async function act(place, button) {
  const account = (await whose())?.account, token = button.closest('[data-draft]').dataset.draft;
  const draft = (await draftsOf(account)).find(each => each.token === token);
  if (!draft) return;
  await acts[button.dataset.act](draft, place);
  await refresh(place);
}

/** Send what waits when there is network, then show how it went. */
export async function refresh(place) {
  await show(place);
  const account = (await whose())?.account;
  if (!navigator.onLine || !(await draftsOf(account)).some(isUnsent)) return;
  try {
    await sendWaiting(account);
  } catch { /* no answer: it stays waiting, and the list says so */ }
  await show(place);
}

export async function begin(place) {
  place.addEventListener('click', event => {
    const button = event.target.closest('button[data-act]');
    if (button) act(place, button);
  });
  addEventListener('online', () => refresh(place));
  navigator.serviceWorker?.addEventListener('message', event => { if (event.data?.kind === 'sent') show(place); });
  await tidy();
  await refresh(place);
}
