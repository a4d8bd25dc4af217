// What a phone keeps of its own: reports not sent yet, each bound to the account that wrote it, and whose phone it is now.
const VERSION = 1;

const opened = () => new Promise((done, fail) => {
  const request = indexedDB.open('anju', VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('drafts', { keyPath: 'token' });
    request.result.createObjectStore('state');
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

async function use(store, mode, work) {
  const database = await opened();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      // What was written lasts from the end of the transaction on, not from the answer to the request.
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Who is signed in on this phone: { account, language }, or undefined. */
export const whose = () => use('state', 'readonly', store => store.get('whose'));
export const remember = (account, language) => use('state', 'readwrite', store => store.put({ account, language }, 'whose'));
export const forget = () => use('state', 'readwrite', store => store.delete('whose'));

/** The drafts of one account, oldest first; nobody else's are ever read. */
export async function draftsOf(account) {
  const all = await use('drafts', 'readonly', store => store.getAll());
  return all.filter(each => account && each.account === account).sort((one, other) => one.savedAt - other.savedAt);
}

export async function draft(token, account) {
  const found = await use('drafts', 'readonly', store => store.get(token));
  return found?.account === account ? found : undefined;
}

export const keep = draft => use('drafts', 'readwrite', store => store.put(draft));
export const remove = token => use('drafts', 'readwrite', store => store.delete(token));

/** Throw away what nobody looked after for a month. */
export async function tidy(now = Date.now()) {
  const MONTH = 31 * 24 * 60 * 60 * 1000;
  const all = await use('drafts', 'readonly', store => store.getAll());
  await Promise.all(all.filter(each => now - each.savedAt > MONTH).map(each => remove(each.token)));
}
