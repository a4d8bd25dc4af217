// Sends reports that wait on this phone, from a page or from the service worker. A report's token makes one case of it,
// however often it is sent: an answer that was lost does no harm.
import { draftsOf, keep } from './store.mjs';

const SESSION = '/offline/session', REPORTS = '/offline/reports';

/** The server's answer, by status, to what becomes of the draft. */
const STATES = { 401: 'sign-in', 409: 'similar', 413: 'problem', 422: 'problem' };

/** Whether a draft goes out as soon as it can. */
export const isUnsent = draft => draft.state === 'waiting' || draft.state === 'sign-in';

function bodyOf(draft) {
  const body = new FormData();
  for (const [name, value] of draft.fields) body.append(name, value);
  for (const { name, blob, field } of draft.photos) body.append(field, blob, name);
  body.append('_token', draft.token);
  body.append('_account', draft.account);
  if (draft.isConfirmed) body.append('_confirmed', '1');
  return body;
}

async function send(draft, csrf) {
  const response = await fetch(REPORTS, { method: 'POST', credentials: 'same-origin', headers: { 'X-CSRFToken': csrf }, body: bodyOf(draft) });
  if (response.ok) {
    const { number, url } = await response.json();
    await keep({ ...draft, fields: [], photos: [], problem: null, state: 'sent', number, url, savedAt: Date.now() });
    return;
  }
  const state = STATES[response.status];
  if (!state) throw new Error(`not sent: ${response.status}`);  // the server is ill: it stays waiting
  // What stands before the server, such as a proxy with a limit of its own, answers in no words of ours.
  const problem = await response.json().catch(() => ({}));
  await keep({ ...draft, state, problem: state === 'sign-in' ? draft.problem : problem });
}

/** Send one; what goes wrong with it holds no other up. */
const attempt = (draft, csrf) => send(draft, csrf).then(() => null, failure => failure);

async function sendAll() {
  const response = await fetch(SESSION, { credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok) throw new Error(`no session: ${response.status}`);
  const { account, csrf } = await response.json();
  if (!account) return false;
  const failures = [];
  for (const each of (await draftsOf(account)).filter(isUnsent)) failures.push(await attempt(each, csrf));
  const failure = failures.find(Boolean);
  if (failure) throw failure;  // the browser tries again later
  return true;
}

/** Send all that wait, one sender at a time; `mine` marks those that need a sign-in first. */
export function sendWaiting(mine) {
  return navigator.locks.request('anju-drafts', { ifAvailable: true }, async lock => {
    if (!lock || await sendAll() || !mine) return;
    for (const each of await draftsOf(mine)) if (each.state === 'waiting') await keep({ ...each, state: 'sign-in' });
  });
}

/** Ask the browser to send when there is network, also after the page is closed, where it can. */
export async function ask() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register('anju-drafts').catch(() => { /* the page sends when it is opened */ });
}
