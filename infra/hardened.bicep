// What every storage account here has in common, written once so that no account can be softer than another.
//
// No shared keys: links are user-delegation SAS, signed for an identity that can be named and revoked.
// No copy out: neither to another tenant nor by object replication; ZRS keeps three copies, all in UK South.

@export()
@description('Properties of a storage account. Ranges are IPv4, single addresses or CIDR of at most /30 (a rule of storage).')
func hardened(privateNetworking bool, allowedRanges array) object => {
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
  allowSharedKeyAccess: false
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowedCopyScope: 'AAD'
  defaultToOAuthAuthentication: true
  isLocalUserEnabled: false
  isSftpEnabled: false
  // Version-level immutability and BlobCreated without half-written blobs both need a flat namespace.
  isHnsEnabled: false
  accessTier: 'Hot'
  // The longest link lives 4 h. Logged, not refused: the app's links carry no start time to measure from.
  sasPolicy: {
    sasExpirationPeriod: '0.04:15:00'
    expirationAction: 'Log'
  }
  // Without a virtual network the apps have no address of their own to let in: identity alone guards a trial.
  publicNetworkAccess: privateNetworking && empty(allowedRanges) ? 'Disabled' : 'Enabled'
  networkAcls: {
    defaultAction: privateNetworking ? 'Deny' : 'Allow'
    // Event Grid writes its dead letters, and Azure Monitor reads, as trusted services and by identity.
    bypass: 'AzureServices'
    // Storage takes a single address without its /32.
    ipRules: map(allowedRanges, each => { value: replace(each, '/32', ''), action: 'Allow' })
    virtualNetworkRules: []
  }
}
