// Passkeys: asks the browser and puts its answer into the form. The pages offer other ways without it.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), each => each.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const known = each => ({ ...each, id: bytes(each.id) });

function read(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(known) }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(known) }),
  };
}

// The names that WebAuthn level 3 gives its JSON; older browsers have no toJSON().
function write(credential) {
  const fields = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const response = {};
  for (const name of fields)
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response });
}

async function ask(form) {
  const response = await fetch(form.dataset.options, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'X-CSRFToken': form.elements.csrf_token.value },
  });
  if (!response.ok) throw new Error(String(response.status));
  const publicKey = read(await response.json());
  const credential = form.dataset.passkey === 'create'
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  form.elements.credential.value = write(credential);
}

if ('PublicKeyCredential' in window) {
  for (const form of document.querySelectorAll('[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', event => {
      event.preventDefault();
      form.querySelector('[data-passkey-problem]').hidden = true;
      ask(form).then(() => form.submit(), () => { form.querySelector('[data-passkey-problem]').hidden = false; });
    });
  }
  for (const words of document.querySelectorAll('.passkey-without')) words.hidden = true;
}
