// An OpenID provider for tests. Prints its port on one line; BACK_CHANNEL is where it tells of logouts.
// /control/groups?sub=ada&groups=a,b   what the claim says from now on
// /control/revoke?sub=ada              no refresh token of theirs is good any more
// /control/nonce?to=x                  the nonce of ID tokens from now on; without `to`, the one that was asked for

import { createServer } from 'node:http';
import { once } from 'node:events';
import { Provider } from 'oidc-provider';

const redirect_uris = [process.env.CALLBACK];
const shared = {
  redirect_uris,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  post_logout_redirect_uris: [process.env.AFTER_LOGOUT],
  backchannel_logout_uri: process.env.BACK_CHANNEL,
  backchannel_logout_session_required: true,
};
const secret = 'a secret: with % and + in it, of the right length';
const groups = new Map();
const grants = new Map();
let nonce;

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...shared, client_id: 'liftgate', client_secret: secret },
    { ...shared, client_id: 'liftgate-public', token_endpoint_auth_method: 'none' },
    { ...shared, client_id: 'liftgate-post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post' },
    { ...shared, client_id: 'other', client_secret: secret },
  ],
  cookies: { keys: ['for tests'] },
  claims: { openid: ['sub', 'groups'] },
  conformIdTokenClaims: false,
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: { Session: 3600, Grant: 3600, RefreshToken: 3600, IdToken: 600, AccessToken: 600, Interaction: 600 },
  findAccount: async (_, sub) => ({
    accountId: sub,
    claims: async () => ({ sub, groups: groups.get(sub) ?? [] }),
  }),
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid');
    const id = await grant.save();
    grants.set(session.accountId, [...(grants.get(session.accountId) ?? []), id]);
    return grant;
  },
});

const sign = provider.IdToken.prototype.issue;
provider.IdToken.prototype.issue = function issue(...said) {
  if (nonce !== undefined) this.set('nonce', nonce);
  return sign.apply(this, said);
};

const answer = provider.callback();
server.on('request', async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  const sub = searchParams.get('sub');
  switch (pathname) {
    case '/control/groups':
      groups.set(sub, (searchParams.get('groups') ?? '').split(',').filter(Boolean));
      break;
    case '/control/revoke':
      for (const id of grants.get(sub) ?? []) await provider.RefreshToken.revokeByGrantId(id);
      break;
    case '/control/nonce':
      nonce = searchParams.get('to') ?? undefined;
      break;
    default:
      return answer(request, response);
  }
  response.end('{}');
  return undefined;
});
console.log(port);
process.stdin.on('end', () => process.exit(0)).resume();
