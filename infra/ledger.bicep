// The ledger: tiles and checkpoints, each written once. It holds hashes, no names and no footage.
//
// The container's time-based policy is made UNLOCKED. An owner of the subscription can still take an unlocked policy
// away, so a force locks it once it has seen the ledger work. That is one step with no way back:
//
//   az storage container immutability-policy show --account-name NAME --container-name ledger --query etag -o tsv
//   az storage container immutability-policy lock --account-name NAME --container-name ledger --if-match ETAG
//
// Afterwards set ledgerLocked (LEDGER_LOCKED=true): Azure refuses to write a locked policy again, even unchanged.

@description('Where the account is made.')
param location string

@description('Name of the account.')
param name string

@description('Tags of every resource.')
param tags object

@description('Whether the apps reach it by private endpoint; then nobody else reaches it at all.')
param privateNetworking bool

@description('For how long nothing in the ledger can be changed or deleted, in days from its writing.')
@minValue(1)
@maxValue(146000)
param retentionDays int

@description('Whether the policy has been locked. It is then left alone.')
param locked bool

import { hardened } from 'hardened.bicep'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  // It is read through the service (/api/ledger), never directly.
  properties: hardened(privateNetworking, [])
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    // Until the policy is locked these are what a mistake can be undone by.
    deleteRetentionPolicy: {
      enabled: true
      days: 90
      allowPermanentDelete: false
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 90
    }
  }
}

resource ledger 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'ledger'
  properties: {
    publicAccess: 'None'
  }
}

resource writtenOnce 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-06-01' = if (!locked) {
  parent: ledger
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: retentionDays
    // Appending would change a tile whose hash has been signed.
    allowProtectedAppendWrites: false
    allowProtectedAppendWritesAll: false
  }
}

output id string = account.id
output url string = account.properties.primaryEndpoints.blob
