/** Addresses and files that are literally this machine's own, or its administrators': naming one trusts nobody new. */

/** Addresses of this machine, of which there may be several with commas, and its sockets. */
export const ownAddress =
  /^(?:(?:https?:\/\/|tcp:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\/?(?:,(?=.)|$))+$|^unix:\/\/\/(?:var\/)?run\/(?!.*\.\.)[\w./-]+\.sock$/;

/** Files that only the cluster's own administrators write; any other may name a program to run for access. */
export const ownKubeconfig =
  /^(?!.*\.\.)(?:\/etc\/(?:kubernetes|rancher)|\/var\/lib\/(?:kubelet|k0s|rancher)|(?:~|\/root|\/home\/[\w.-]+)\/\.kube)\/[\w./-]+$/;

const ownValues: readonly (readonly [RegExp, RegExp])[] = [
  [/^KUBECONFIG$/, ownKubeconfig],
  [
    /^(?:VAULT_ADDR|CONSUL_HTTP_ADDR|NOMAD_ADDR|DOCKER_HOST|CONTAINER_HOST|ETCDCTL_ENDPOINTS|(?:CONTAINER_RUNTIME|IMAGE_SERVICE)_ENDPOINT)$/,
    ownAddress,
  ],
  [/^ETCDCTL_(?:CACERT|CERT|KEY)$/, /^\/etc\/(?!.*\.\.)[\w./-]+$/],
];

/** Whether a variable is set to such an address or file. */
export function isOwnValue(name: string, text: string): boolean {
  return ownValues.some(([names, values]) => names.test(name) && values.test(text));
}
