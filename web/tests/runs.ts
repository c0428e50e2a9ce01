/** How many examples a property is tried with: the usual number, and twenty times that in the long run (SLOW=1). */
export const runs = (usual: number): number => (process.env["SLOW"] ? usual * 20 : usual);
