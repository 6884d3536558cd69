/** Whether a URL is on one of the hosts of the variable `CONTROL_HOSTS`: names without a port, separated by commas. */
export function isControlHost(url: string, controlHosts: string): boolean {
  const { hostname } = new URL(url)
  return controlHosts.split(',').some((host) => host.trim().toLowerCase() === hostname)
}
