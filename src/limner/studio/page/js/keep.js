// The work in → the browser's own store, and back after a reload; one tab at a time may write.

const NAME = "limner-studio", VERSION = 1;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      for (const store of ["work", "files"]) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
    };
    request.onsuccess = () => {
      // another tab with a newer page may want to change the store: let it
      request.result.onversionchange = () => { request.result.close(); opened = null; };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The browser's store is blocked by another tab."));
  });
  opened.catch(() => { opened = null; });
  return opened;
}

async function within(store, mode, act) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const change = db.transaction(store, mode);
    const request = act(change.objectStore(store));
    // a page that is being left hears no answer any more: what it wrote last is committed without waiting for one
    if (mode === "readwrite") change.commit?.();
    change.oncomplete = () => resolve(request?.result);
    change.onerror = change.onabort = () => reject(change.error || new Error("The browser's store refused."));
  });
}

export const put = (store, key, value) => within(store, "readwrite", (s) => s.put(value, key));
export const get = (store, key) => within(store, "readonly", (s) => s.get(key));
export const remove = (store, key) => within(store, "readwrite", (s) => s.delete(key));
export const keys = (store) => within(store, "readonly", (s) => s.getAllKeys());
export const clear = async () => { for (const store of ["work", "files"]) await within(store, "readwrite", (s) => s.clear()); };

/**
 * Become the tab that writes. Resolves to whether it is; `lost` is called when another tab takes over.
 * @param {() => void} lost
 */
export function own(lost, steal = false) {
  if (!navigator.locks) return Promise.resolve(true);
  // after a reload the page before may hold the lock for a moment longer: wait for it a little
  const options = steal ? { steal: true } : { signal: AbortSignal.timeout(1500) };
  return new Promise((resolve) => {
    let held = false;
    navigator.locks.request("limner-work", options, () => {
      held = true;
      resolve(true);
      return new Promise(() => {}); // until the tab ends or another steals it
    }).catch(() => { if (held) lost(); else resolve(false); });
  });
}
