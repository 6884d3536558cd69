/** Whether a draw in [0, 1) falls to the canary (aws-rest 8.4: per request, random). */
export function drawCanary(percentTraffic: number, draw: number): boolean {
  return draw * 100 < percentTraffic
}
