// What a function app needs to run: its host's state and the package it is started from. One account for each app.
//
// Two accounts, because whoever can write an app's package can act as that app: with one account `core` could put
// its own code into `weeder` and so delete footage. The account of `core` also has the queues and the dead letters.

@description('Where the account is made.')
param location string

@description('Name of the account.')
param name string

@description('Tags of every resource.')
param tags object

@description('Whether the apps reach it by private endpoint; then only allowedRanges reach it from outside.')
param privateNetworking bool

@description('IPv4 ranges from which operators put back dead letters and poison messages.')
param allowedRanges array

@description('Containers to make. The host makes its own when it first starts.')
param containers array

@description('Queues to make.')
param queues array

import { hardened } from 'hardened.bicep'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    // A zone-redundant plan refuses host storage that is not.
    name: 'Standard_ZRS'
  }
  properties: hardened(privateNetworking, allowedRanges)
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    // A dead letter that was put back and deleted can be looked at for a week.
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for each in containers: {
    parent: blobs
    name: each
    properties: {
      publicAccess: 'None'
    }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for each in queues: {
    parent: queueService
    name: each
  }
]

output id string = account.id
output blobUrl string = account.properties.primaryEndpoints.blob
output queueUrl string = account.properties.primaryEndpoints.queue
output tableUrl string = account.properties.primaryEndpoints.table
