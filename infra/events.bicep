// Event Grid: the footage account's system topic, and the topic on which the service says what it has indexed.
//
// A source has one system topic, never two. Its subscription is in subscription.bicep: it can only be made when the
// function is there.

@description('Where the topics are made: that of the footage account.')
param location string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

@description('Id of the footage account.')
param footageId string

@description('Name of the identity that writes dead letters.')
param identityName string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

// System topics have no data residency setting of their own: what that means is in docs/residency.md.
resource landed 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgst-footage-${token}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    source: footageId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource indexed 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-continuity-${token}'
  location: location
  tags: tags
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    // The default lets events flow in the paired region after a failover of Microsoft's, and nobody is asked.
    dataResidencyBoundary: 'WithinRegion'
    minimumTlsVersionAllowed: '1.2'
    disableLocalAuth: true
    // Publishing takes an identity with a role. Its events hold ids and facts of a clip, no person and no address.
    publicNetworkAccess: 'Enabled'
  }
}

output systemTopicName string = landed.name
output topicName string = indexed.name
output topicUrl string = indexed.properties.endpoint
