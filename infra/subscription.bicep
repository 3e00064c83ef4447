// From a blob that has landed to the function that takes it in. Deployed after the code: Event Grid refuses a
// destination that is not there yet. By main.bicep with functionsDeployed, or on its own, into the resource group:
//
//   az deployment group create -g GROUP -f infra/subscription.bicep -p systemTopicName=… coreAppName=… …
//
// The same filter, schema and patience as on a laptop (local/stand_ins/subscription.py).

@description('Name of the footage account\'s system topic.')
param systemTopicName string

@description('Name of the function app that has the function.')
param coreAppName string

@description('Name of the account with the container for dead letters.')
param runtimeAccountName string

@description('Name of the identity that writes dead letters.')
param identityName string

resource landed 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: systemTopicName
}

resource core 'Microsoft.Web/sites@2025-03-01' existing = {
  name: coreAppName

  resource ingest 'functions' existing = {
    name: 'ingest'
  }
}

resource runtime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: runtimeAccountName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource footageCreated 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: landed
  name: 'footage-created'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // No suffix: a recording with a name nobody foresaw is quarantined, not overlooked.
      subjectBeginsWith: '/blobServices/default/containers/footage/blobs/'
      isSubjectCaseSensitive: false
      enableAdvancedFilteringOnArrays: false
      // The four that commit a blob whole. Staged blocks and metadata raise none of them.
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose']
        }
      ]
    }
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: core::ingest.id
        // One recording, one answer: a batch is retried whole.
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    // A day of trying; then the letter. Reconciling finds what even that lost.
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: identity.id
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: runtime.id
          blobContainerName: 'deadletters'
        }
      }
    }
  }
}
