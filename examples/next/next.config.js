/** The mock is the server's own code: Node loads it, and it is not bundled. */
export default { serverExternalPackages: ["authentication-methods"] };
