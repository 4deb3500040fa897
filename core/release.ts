/** The release that this code is: the same word as `version` in package.json, which a function does not carry. */
export const release = '0.1.0';
