// Whose phone it is: a signed-in resident's works without network. What a person leaves by signing out is not left to the next one.
import { forget, remember } from './offline/store.mjs';

const MARK = 'anju.account', LAST = 'anju.last', LEAVING = 'anju.leaving';

async function tell(...kinds) {
  const registration = await navigator.serviceWorker.getRegistration();
  kinds.forEach(kind => registration?.active?.postMessage({ kind }));
}

async function settle(account, language) {
  const last = localStorage.getItem(LAST);
  await remember(account, language);
  localStorage.setItem(LAST, account);
  await tell(...last && last !== account ? ['sign-out'] : [], 'signed-in');
}

/** After a session that merely ended, drafts are hidden; after a sign-out push messages and kept pages end too. */
async function leave() {
  await forget();
  if (!localStorage.getItem(LEAVING)) return;
  localStorage.removeItem(LEAVING);
  await tell('sign-out');
}

async function begin({ account = '', worker }) {
  const language = document.documentElement.lang, mark = account && `${account} ${language}`;
  if (worker) await navigator.serviceWorker.register(worker);
  if ((localStorage.getItem(MARK) ?? '') === mark) return;
  await (account ? settle(account, language) : leave());
  localStorage.setItem(MARK, mark);  // last: what failed is done at the next page
}

if ('serviceWorker' in navigator) {
  document.addEventListener('submit', event => {
    if (event.target.action?.endsWith('/sign-out')) localStorage.setItem(LEAVING, 'yes');
  });
  addEventListener('load', () => begin(document.body.dataset).catch(() => { /* a private window: it works with network only */ }));
}
