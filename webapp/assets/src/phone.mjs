// Whose phone this is: a signed-in resident's works without network; after the sign-out nothing of it is left to the next person.
import { forget, remember } from './offline/store.mjs';

const MARK = 'anju.account';

async function tell(kind) {
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.active?.postMessage({ kind });
}

async function begin({ account = '', worker }) {
  const language = document.documentElement.lang, mark = account && `${account} ${language}`;
  if (worker) await navigator.serviceWorker.register(worker);
  if ((localStorage.getItem(MARK) ?? '') === mark) return;
  if (account) await remember(account, language);
  else await forget();
  localStorage.setItem(MARK, mark);
  await tell(account ? 'signed-in' : 'sign-out');
}

if ('serviceWorker' in navigator)
  addEventListener('load', () => begin(document.body.dataset).catch(() => { /* a private window: it works with network only */ }));
