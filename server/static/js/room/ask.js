/** Requests to the server: JSON back, the login's token sent along. */

const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

async function answer(request) {
  try {
    const response = await request;
    const body = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, body };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}

/** Posts fields (a FormData, a plain object or pairs) and resolves to {ok, status, body}; never throws. */
export function post(url, fields) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { Accept: "application/json", "X-CSRF-Token": TOKEN };
  return answer(fetch(url, { method: "POST", body, headers, credentials: "same-origin" }));
}

/** Reads JSON and resolves to {ok, status, body}; never throws. */
export function read(url) {
  const headers = { Accept: "application/json" };
  return answer(fetch(url, { headers, credentials: "same-origin", cache: "no-store" }));
}

/** Reads a picture and resolves to its bytes, or to null; never throws. */
export async function readPicture(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** The sentence a refused request came back with, or "" when the server gave none. */
export function reason(result) {
  const { errors, detail, title } = result.body;
  const first = errors && typeof errors === "object" ? Object.values(errors)[0] : "";
  return String((Array.isArray(first) ? first[0] : first) || detail || title || "");
}
