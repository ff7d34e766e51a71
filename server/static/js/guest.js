/** Sends the secret of a guest's link, which stands behind the #, and takes it out of the address. */

const form = document.querySelector("[data-reads-link]");
const secret = location.hash.slice(1);

if (form && secret) {
  history.replaceState(null, "", location.pathname);
  form.elements.link.value = secret;
  form.hidden = false;
  document.querySelector("[data-closed]").hidden = true;
  form.requestSubmit();
}
