/** The one trusted types policy: scripts by address come from this build and from nowhere else. */
interface Policy {
  createScriptURL(url: string): string;
}

const rules: Policy = {
  createScriptURL(url) {
    if (url === "/sw.js" || /^\/assets\/(workers\/)?[\w-]+\.js$/.test(url)) return url;
    throw new TypeError(`not a script of this site: ${url}`);
  },
};

const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
const policy = types ? types.createPolicy("app", rules) : rules;

/** What `new Worker` and `serviceWorker.register` take. */
export const scriptUrl = (url: string): string => policy.createScriptURL(url);
