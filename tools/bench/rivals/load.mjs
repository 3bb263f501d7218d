// Copied beside the rivals' node_modules, so that their names resolve there.
export const load = (name) => import(name);
