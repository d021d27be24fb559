// Data: keyspaces, the entries of one, and one entry. The address tells which.

import * as entries from './entries.js';
import * as keyspaces from './keyspaces.js';

/** Shows the view; returns how to leave it. */
export function show(root, context, route) {
  return route.parts[0] ? entries.show(root, context, route) : keyspaces.show(root, context, route);
}
