// The vault: the key that receipts are signed with and the key of page tokens. `core` reads them, nobody else does.

@description('Where the vault is made.')
param location string

@description('Name of the vault.')
@maxLength(24)
param name string

@description('Tags of every resource.')
param tags object

@description('Whether the apps reach it by private endpoint; then only allowedRanges reach it from outside.')
param privateNetworking bool

@description('IPv4 ranges from which the keys are made and rotated (python -m tools.keys).')
param allowedRanges array

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    // Roles, not access policies: roles.bicep is the one page of who may what.
    enableRbacAuthorization: true
    // A receipt must verify for as long as the evidence is kept: a deleted key comes back, whoever deleted it.
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: privateNetworking && empty(allowedRanges) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
      bypass: 'None'
      ipRules: [for range in allowedRanges: { value: range }]
      virtualNetworkRules: []
    }
  }
}

output id string = vault.id
output url string = vault.properties.vaultUri
