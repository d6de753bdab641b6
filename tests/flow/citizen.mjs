// A citizen who nominates, in JavaScript; every answer judged by openapi.json.
import { described } from './described.mjs';

const CAMPAIGN = '/api/v1/campaigns/{id}';

export const text = (about) => `${about}: елу таңбадан ұзын мәтін. Организация помогла ста семьям.\nSecond line, with evidence.`;

export class Citizen {
  constructor(server, code) { Object.assign(this, { server, code }); }

  async signIn() {
    const { json } = await this.server.post(this.server.api('/session'), { code: this.code });
    this.token = json.token;
    return this;
  }

  get headers() { return { authorization: `Bearer ${this.token}` }; }

  async post(pattern, body, index) {
    const target = pattern.replace('{index}', index);
    return described('post', CAMPAIGN + pattern, await this.server.post(this.server.api(target), body, this.headers));
  }

  nomination(ngo, cat, more = {}) {
    return {
      cat, ngo, text: text(`${ngo} ${cat}`), links: ['https://example.kz/report?year=2025#top'], as: 'citizen', relation: 'none',
      consents: { processing: 1, publication: 1 }, ...more,
    };
  }

  nominate(ngo, cat, more) { return this.post('/nominations', this.nomination(ngo, cat, more)); }

  async me() { return described('get', `${CAMPAIGN}/me`, await this.server.get(this.server.api('/me'), this.headers)); }

  /** My page's row of a nomination. */
  async mine(index) { return (await this.me()).json.nominations.find((n) => n.index === index); }
}

export async function nominee(server, index) {
  return described('get', `${CAMPAIGN}/nominees/{index}`, await server.get(server.api(`/nominees/${index}`)));
}
