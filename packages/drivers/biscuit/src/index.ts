export { biscuitHolder } from './biscuit-holder.ts';
export { openBiscuitIssuer } from './open-biscuit-issuer.ts';
