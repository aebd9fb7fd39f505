const SILENT_AFTER = 10 * 60 * 1000

/** The last levels of a gauge and the forecast made from them, as served by the harbour office. */
export async function readLevels(gauge) {
  const response = await fetch(`http://harbour.local/levels/${encodeURIComponent(gauge)}`)
  if (!response.ok) throw new Error(`No levels for ${gauge}: ${response.status}`)
  const { lastHeard, forecast } = await response.json()
  const heard = new Date(lastHeard)
  return {
    lastHeard: heard,
    silent: Date.now() - heard.getTime() > SILENT_AFTER,
    // TODO: take the pressure of the air into account; it can lift the water by 30 cm.
    forecast: forecast.map(({ time, level }) => ({ time: new Date(time), level })),
  }
}
